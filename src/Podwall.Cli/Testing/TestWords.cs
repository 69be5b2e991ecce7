using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;

namespace Podwall.Cli.Testing;

/// <summary>A counterexample in one or two lines.</summary>
internal static class TestWords
{
    public static string Flow(Flow flow) => $"{flow.From} -> {flow.To} {(flow.Protocol == Protocol.Icmp ? "ICMP" : $"{flow.Protocol.Name()} {flow.Port}")}";

    public static string Verdict(Explanation why) => $"{Flow(why.Flow)} is {(why.Verdict == Policy.Verdict.Allow ? "allowed" : "denied")}";

    /// <summary>What decided it, side by side; of a denied flow only the sides that deny.</summary>
    public static IEnumerable<string> Reasons(Explanation why, SourceMap sources)
    {
        foreach (var side in (SideExplanation[])[why.Egress, why.Ingress])
        {
            if (why.Verdict == Policy.Verdict.Deny && side.Decision.IsAllowed)
                continue;
            var rules = side.Rules.Where(r => r.Allows).Select(r => $"{r.Id.Spoken}{Where(sources.Of(r.Id))}").ToArray();
            yield return $"{(side.Direction == Direction.Egress ? "egress" : "ingress")} of {side.Subject}: {(side.Decision.Why is Reason.Matched && rules.Length > 0 ? $"let through by {string.Join(", ", rules)}" : ReasonText.Of(side.Decision.Why, side.Subject))}";
        }

        foreach (var assumption in why.Assumed.AsEnumerable())
            yield return $"assumed: {assumption}";
    }

    private static string Where(SourcePosition? position) => position is { } at ? $" ({at.File}:{at.Line})" : "";
}
