using System.Globalization;
using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Lab;

/// <summary>What reports from a lab have in common, for a person.</summary>
internal static class LabText
{
    private const int MostDisagreements = 20;

    public static string Word(ProbeOutcome outcome) => outcome.Result switch
    {
        ProbeResult.Allowed => "yes",
        ProbeResult.Denied => "no",
        _ => "?",
    };

    public static string Word(EngineVerdict verdict) => verdict switch
    {
        EngineVerdict.Allow => "yes",
        EngineVerdict.Deny => "no",
        EngineVerdict.Mixed => "part",
        _ => "?",
    };

    public static string Of(IpFamilies families) => families switch
    {
        IpFamilies.V4 => "IPv4",
        IpFamilies.V6 => "IPv6",
        _ => "IPv4 and IPv6",
    };

    public static string Of(LabSize size) => $"{Plural.Of(size.Nodes, "node")}, {Of(size.Families)}";

    public static string Of(LabelChange change) => string.Join(", ", change.Edits.Select(e => e.Value is null ? $"{e.Key}-" : $"{e.Key}={e.Value}")) + change switch
    {
        LabelChange.OfNamespace(var name, _) => $" on namespace {name}",
        LabelChange.OfPod(var id, _) => $" on pod {id}",
        _ => "",
    };

    /// <summary>Said once, before anything else: nobody should take a simulation for packets.</summary>
    public static void WriteSimulated(Paper paper, string why) => paper
        .Line(new Piece("SIMULATED", Ink.Caution), $": {why}.")
        .Line("No packet is sent: the interpreter of the nodes' rulesets answers in its place.")
        .Line();

    public static void Write(Paper paper, LabReport lab) => paper.Line(
        new Piece($"lab up    {Plural.Of(lab.Size.Nodes, "node")}, {Plural.Of(lab.Pods, "pod")}, {Of(lab.Size.Families)}{(lab.IsSimulated ? ", simulated" : lab.CameUpIn > TimeSpan.Zero ? lab.CameUpIn.TotalSeconds.ToString("', '0.0 s", CultureInfo.InvariantCulture) : "")}", Ink.Dim));

    public static void Write(Paper paper, IReadOnlyCollection<Disagreement> disagreements)
    {
        foreach (var disagreement in disagreements.Take(MostDisagreements))
            paper.Line(new Piece("  DISAGREEMENT  ", Ink.Bad), $"{disagreement}");
        More(paper, disagreements.Count - MostDisagreements);
        if (disagreements.Count > 0)
            paper.Line(new Piece("  Either the engine or what enforces the policies is wrong; please report it with the scenario.", Ink.Bad));
    }

    public static void More(Paper paper, int more)
    {
        if (more > 0)
            paper.Line($"  and {more} more; -o json has them all");
    }
}
