using Podwall.Cli.Output;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Lab;

/// <summary>What became of scenarios, as JUnit XML: a suite a scenario, a test a flow of a step or a file that must be refused.</summary>
internal static class LabJunit
{
    public static void Write(Terminal terminal, IEnumerable<ScenarioReport> reports, string? whySimulated) =>
        Junit.Write(terminal, reports.Select(r => (r.Folder, (IReadOnlyList<JunitCase>)[.. r.Steps.SelectMany(s => s.Flows, (s, f) => CaseOf(r, s, f, whySimulated)), .. r.Refusals.Select(f => CaseOf(r, f))])));

    private static JunitCase CaseOf(ScenarioReport report, StepReport step, FlowReport flow, string? whySimulated)
    {
        string[] wrong =
        [
            .. flow.Expected.Where(e => !flow.Meets(e)).Select(e => $"{flow.Flow} is {flow.After.Outcome}; {e}"),
            .. step.DisagreementsOf(flow).Select(d => $"{d}"),
        ];
        return new(report.Folder, $"{step.Name}: {flow.Flow}", flow.Expected is [var first, ..] ? first.At : null)
        {
            Failure = wrong.Length > 0 ? (wrong[0], string.Join('\n', wrong)) : null,
            Skipped = wrong.Length == 0 && flow.After.Outcome.Result == ProbeResult.Unknown ? flow.After.Outcome.Reason : null,
            Remarks = whySimulated is null ? "" : $"simulated: {whySimulated}",
        };
    }

    private static JunitCase CaseOf(ScenarioReport report, RefusalReport refusal) => new(report.Folder, $"{refusal.Expected.File} is refused", refusal.Expected.Position)
    {
        Failure = refusal.IsAsExpected ? null : (refusal.Got.Count == 0 ? "it is accepted" : "it is refused for something else", string.Join('\n', refusal.Got.Select(g => $"{g.Field}: {g.Message}"))),
    };
}
