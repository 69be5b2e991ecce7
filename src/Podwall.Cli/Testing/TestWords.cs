using Podwall.Cli.Testing.Live;
using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.Policy.Asserting;
using Podwall.Policy.Explaining;

namespace Podwall.Cli.Testing;

/// <summary>A counterexample in one or two lines.</summary>
internal static class TestWords
{
    /// <summary>Why a line that holds proves nothing.</summary>
    public static string Vacuous(AssertionResult result) => result.Pairs == 0
        ? "it is about no pair of pods or addresses at all"
        : "no policy governs either end, so that it would hold without any";

    /// <summary>What of the given policies the tests speak of.</summary>
    public static string Coverage(TestReport report) =>
        $"{report.Rules - report.UntestedRules.Count} of {report.Rules} rules let something through that a test asks for; {report.Policies - report.UntestedPolicies.Count} of {report.Policies} policies deny something that a test says is denied";

    public static string Verdict(Explanation why) => $"{why.Flow} is {(why.Verdict == Policy.Verdict.Allow ? "allowed" : "denied")}";

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

    /// <summary>What connections showed, one line each; nothing where none were asked for.</summary>
    public static IEnumerable<string> Live(LiveTrial? trial)
    {
        if (trial is null)
            yield break;
        foreach (var wrong in trial.Wrong.AsEnumerable())
            yield return $"{wrong.Flow}: {(wrong.Outcome.Result == ProbeResult.Allowed ? "it went through" : "nothing came back")}, and the engine says {Engine(wrong)}{Hint(wrong)}";
        if (trial.Tried > 0)
            yield return $"tried with {trial.Tried} of {trial.Flows} connections: {(trial.Wrong.Count == 0 ? "as it says" : $"{trial.Wrong.Count} not as it says")}";
        foreach (var (why, count) in trial.Untried.AsEnumerable())
            yield return $"not tried{(count > 1 ? $" ({count} connections)" : "")}: {why}";
    }

    private static string Engine(Probed probed) => probed.Engine == EngineVerdict.Allow ? "allow" : "deny";

    private static string Hint(Probed probed) => !probed.IsDisagreement ? ""
        : probed.Outcome.Result == ProbeResult.Allowed ? ": nothing enforces the policies there, or not yet"
        : ": nothing listens, the way is broken, or something else than NetworkPolicy denies it";

    private static string Where(SourcePosition? position) => position is { } at ? $" ({at.File}:{at.Line})" : "";
}
