using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Lab;

/// <summary>What became of scenarios, for a person: before and after each step, and all that is not as it should be.</summary>
internal sealed class ScenarioText(Paper paper, int width)
{
    private const int MostFaults = 20;

    private readonly HashSet<Disagreement> said = [];

    public void Write(ScenarioReport report)
    {
        said.Clear();
        paper.Line(new Piece(report.Folder, Ink.Strong), report.Title.Length > 0 ? $"   {report.Title}" : "");
        LabText.Write(paper, report.Lab);
        foreach (var step in report.Steps.Where(s => s.IsChange || s.Unmet.Any() || s.Disagreements.Any()))
            Write(step);
        foreach (var refusal in report.Refusals)
            Write(refusal);
        Tally(report);
    }

    public void Summary(IReadOnlyCollection<ScenarioReport> reports)
    {
        if (reports.Any(r => r.Steps.Any(s => s.IsChange)))
            paper.Line(new Piece("yes allowed   no denied   YES, NO changed by the step   . itself   ? not known   ! not as it should be", Ink.Dim));
        if (reports.Count == 1)
            return;
        var good = reports.Count(r => r.IsAsExpected);
        paper.Line().Line($"{reports.Count} scenarios: ", new Piece($"{good} as expected", Ink.Good), good < reports.Count ? new Piece($", {reports.Count - good} not", Ink.Bad) : "");
        foreach (var bad in reports.Where(r => !r.IsAsExpected))
            paper.Line(new Piece($"  {bad.Folder}", Ink.Bad));
    }

    private void Write(StepReport step)
    {
        paper.Line().Put(step.Policies.Count > 0 ? string.Join(", ", step.Policies) : "no policy", Ink.Strong);
        paper.Line(step.Policies is [var only] && only == step.Name ? "" : $"   {step.Name}");
        foreach (var change in step.Labels)
            paper.Line(new Piece($"  labels: {LabText.Of(change)}", Ink.Dim));
        if (step.BeforeName != "without policies")
            paper.Line(new Piece($"  before: {step.BeforeName}", Ink.Dim));
        new TwinText(paper, "before", "after", width).Write(TwinMatrix.Of([.. step.Flows.Select(Twin)]));
        // One line for each expectation that a family or a port more breaks would hide the others.
        var unmet = step.Unmet.GroupBy(u => u.Expected).ToArray();
        foreach (var line in unmet.Take(MostFaults))
            paper.Line(new Piece("  NOT AS EXPECTED  ", Ink.Bad), $"{line.Key}:")
                .Line($"    {line.First().Probed.Flow} is {line.First().Probed.Outcome}{(line.Count() > 1 ? $", and {line.Count() - 1} more like it" : "")}");
        LabText.More(paper, unmet.Length - MostFaults);
        // What came before several steps is the same disagreement in each of them.
        LabText.Write(paper, [.. step.Disagreements.Where(said.Add)]);
    }

    private static TwinFlow Twin(FlowReport flow) => new(
        flow.Flow, LabText.Word(flow.Before.Outcome), LabText.Word(flow.After.Outcome), !flow.Expected.All(flow.Meets) || flow.Before.IsDisagreement || flow.After.IsDisagreement);

    private void Write(RefusalReport refusal)
    {
        paper.Line().Put(refusal.Expected.File, Ink.Strong);
        if (refusal.IsAsExpected)
        {
            paper.Line("   refused, as it should be").Line(new Piece($"  {refusal.Expected.Field}: {refusal.Expected.Message}", Ink.Dim));
            return;
        }

        paper.Line().Line(new Piece("  NOT AS EXPECTED  ", Ink.Bad), $"{refusal.Expected.Position} says that it is refused: {refusal.Expected.Field}: {refusal.Expected.Message}");
        paper.Line(refusal.Got.Count == 0 ? "    it is accepted" : $"    it is refused, but: {string.Join("; ", refusal.Got.Select(r => $"{r.Field}: {r.Message}"))}");
    }

    private void Tally(ScenarioReport report)
    {
        var all = report.Steps.SelectMany(s => s.Flows).ToArray();
        var known = all.Where(f => f.After.Outcome.Result != ProbeResult.Unknown).ToArray();
        var said = known.Count(f => f.Expected.Count > 0);
        var kept = known.Count(f => f.Expected.Count > 0 && f.Expected.All(f.Meets));
        paper.Line().Put($"  {Plural.Of(known.Length, "flow")} {(report.Lab.IsSimulated ? "simulated" : "by real packets")}, ")
            .Put($"{known.Count(f => f.After.IsAgreement)} as the engine says", report.Disagreements.Any() ? Ink.Bad : Ink.Good);
        if (said > 0)
            paper.Put($", {kept} of {said} as expected", kept == said ? Ink.Good : Ink.Bad);
        paper.Line();
        foreach (var reason in all.Where(f => f.After.Outcome.Result == ProbeResult.Unknown).GroupBy(f => f.After.Outcome.Reason))
            paper.Line(new Piece($"  {reason.Count()} not probed: {reason.Key}", Ink.Caution));
        paper.Line();
    }
}
