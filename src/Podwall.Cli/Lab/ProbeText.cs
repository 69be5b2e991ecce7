using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Lab.Probing;

namespace Podwall.Cli.Lab;

/// <summary>Probes beside the engine's verdicts, for a person.</summary>
internal static class ProbeText
{
    public static void Write(Paper paper, int width, ProbeReport report, string? whySimulated)
    {
        if (whySimulated is not null)
            LabText.WriteSimulated(paper, whySimulated);
        LabText.Write(paper, report.Lab);
        paper.Line();
        new TwinText(paper, "engine", "probed", width).Write(TwinMatrix.Of([.. report.Flows.Select(Twin)]));
        LabText.Write(paper, [.. report.Disagreements.Select(d => new Disagreement(d, "now"))]);
        var known = report.Flows.Where(f => f.Outcome.Result != ProbeResult.Unknown).ToArray();
        paper.Line().Put($"{Plural.Of(known.Length, "flow")} {(report.Lab.IsSimulated ? "simulated" : "by real packets")}, ")
            .Line(new Piece($"{known.Count(f => f.IsAgreement)} as the engine says", report.Disagreements.Any() ? Ink.Bad : Ink.Good));
        foreach (var reason in report.Flows.Where(f => f.Outcome.Result == ProbeResult.Unknown).GroupBy(f => f.Outcome.Reason))
            paper.Line(new Piece($"{reason.Count()} not probed: {reason.Key}", Ink.Caution));
    }

    private static TwinFlow Twin(Probed flow) => new(flow.Flow, LabText.Word(flow.Engine), LabText.Word(flow.Outcome), flow.IsDisagreement);
}
