namespace Podwall.Policy.Explaining;

/// <summary>Reasons as sentences.</summary>
public static class ReasonText
{
    public static string Of(Reason reason, Endpoint subject) => reason switch
    {
        Reason.NotIsolated => "no policy governs it",
        Reason.NotGoverned when subject.Pod is not null => "it is on its node's network, where no policy selects it",
        Reason.NotGoverned => "policies govern pods only",
        Reason.OwnNode => "a pod and its own node always reach each other",
        Reason.Itself => "a pod always reaches itself",
        Reason.NoCommonFamily => "the two ends have no IP family in common",
        Reason.Matched(var rule) => $"{rule.Policy} allows it",
        Reason.NothingMatched(var policies) => $"isolated by {string.Join(", ", policies)}, and no rule lets it through",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
