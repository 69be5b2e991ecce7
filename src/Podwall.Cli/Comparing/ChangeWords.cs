using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>Sentences about a change that text and Markdown have in common.</summary>
internal static class ChangeWords
{
    private const int MostNamed = 4;

    public static string Of(PathChange change) => $"{change.Traffic}{(change.OnlyOver is { } family ? $" over {family} only" : "")}";

    /// <summary>Why one direction of an opened or closed path ends otherwise now.</summary>
    public static string Why(ChangeCause cause, bool opened, SourceMap sources)
    {
        var word = cause.Direction == Direction.Ingress ? "ingress" : "egress";
        return cause.Rules.Count > 0 ? $"let {(cause.Direction == Direction.Ingress ? "in" : "out")} by {List(cause.Rules.Select(r => $"{r.Spoken}{Where(sources.Of(r))}"))}"
            : opened ? $"no policy governs its {word} any more (before: {List(cause.Isolating.Select(p => $"{p}"))})"
            : $"isolated for {word} by {List(cause.Isolating.Select(p => $"{p}{Where(sources.Of(p))}"))}, and no rule lets it through";
    }

    // Of what a sentence names; -o json has all.
    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return $"{string.Join(", ", all.Take(MostNamed))}{(all.Length > MostNamed ? $" and {all.Length - MostNamed} more" : "")}";
    }

    public static string Of(EditReach reach) => reach switch
    {
        EditReach.Nothing => "means the same",
        EditReach.FuturePods => "matters to pods that do not exist yet",
        EditReach.Traffic => "changes what is allowed",
        _ => "not looked at alone: too many policies have changed",
    };

    public static string Of(UndecidedChange change) =>
        change.MayClose.IsNone ? $"{change.MayOpen} may be opened" : change.MayOpen.IsNone ? $"{change.MayClose} may be closed" : $"{change.MayOpen} may be opened, {change.MayClose} may be closed";

    /// <summary>One flow of the change: pods that do not exist yet are described.</summary>
    public static string Example(PathChange change) =>
        $"{Name(change.From, change.Example.From)} -> {Name(change.To, change.Example.To)} {change.Example.Packet}";

    /// <summary>What an end of the example is called.</summary>
    public static string Name(PathEnd end, Endpoint example) => end is { Pods.Count: 0, Future.Count: > 0 } ? $"{end.Future[0]}" : $"{example}";

    public static string Summary(PolicyDiff diff) => diff.IsSameMeaning && diff.Policies.Count == 0 ? "nothing changes"
        : diff.IsSameMeaning ? $"{Count(diff.Policies.Count, "policy", "policies")} changed, the meaning did not{(diff.TriedEveryFuture ? "" : " for any pod that was tried")}"
        : string.Join(", ", Counts(diff).Where(p => p.Count > 0 || p.Text is "opened" or "closed").Select(p => $"{p.Count} {p.Text}"));

    private static IEnumerable<(int Count, string Text)> Counts(PolicyDiff diff) =>
    [
        (diff.Opened.Count + diff.OpenedToNew.Count, "opened"), (diff.Closed.Count, "closed"), (diff.Undecided.Count, "undecidable"),
        (diff.FutureOpened.Count, "opened for future pods"), (diff.FutureClosed.Count, "closed for future pods"), (diff.NewPods.Count, diff.NewPods.Count == 1 ? "new pod" : "new pods"),
        (diff.GonePods.Count, diff.GonePods.Count == 1 ? "pod gone" : "pods gone"),
    ];

    private static string Where(SourcePosition? position) => position is { } at ? $" ({at.File}:{at.Line})" : "";

    private static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";
}
