using Podwall.Policy.Comparing;

namespace Podwall.Policy.Reporting;

/// <summary>One end of a connection that a change opens or closes: pods, of today or to come, or addresses.</summary>
/// <param name="Pods">Pods that there are.</param>
/// <param name="Addresses">Addresses outside the cluster.</param>
/// <param name="Future">Pods that do not exist yet, beside those or alone.</param>
public sealed record PathEnd(ValueList<Pod> Pods, AddressSet Addresses, ValueList<FuturePod> Future)
{
    public bool IsOutside => !Addresses.IsEmpty;

    internal static PathEnd Of(ValueList<Pod> pods) => new(pods, AddressSet.Empty, []);

    internal static PathEnd Of(AddressSet outside) => new([], outside, []);
}

/// <summary>
/// A kind of pod that there is none of yet. Its namespace may be one that there is none of yet, either: then it has labels
/// here, and no name where any would do. The value <see cref="AnythingElse"/> is one that no policy names.
/// </summary>
public sealed record FuturePod(string? Namespace, Labels NamespaceLabels, Labels Labels)
{
    public const string AnythingElse = Futures.Fresh;

    public override string ToString() =>
        $"a new pod {(Labels.Count == 0 ? "without labels" : $"with {Text(Labels)}")} in {Namespace ?? "a new namespace"}{(NamespaceLabels.Count > 0 ? $" with {Text(NamespaceLabels)}" : "")}";

    private static string Text(Labels labels) => string.Join(", ", labels.Select(l => l.Value == AnythingElse ? $"any other {l.Key}" : $"{l.Key}: {l.Value}"));
}

/// <summary>
/// Why one direction of a path changed, all its flows together: the rules that let through what was denied, and the policies
/// that isolated its pods before (of a closed path: that isolate them now).
/// </summary>
public sealed record ChangeCause(Direction Direction, ValueList<RuleId> Rules, ValueList<PolicyId> Isolating);

/// <summary>
/// Traffic that every pod or address of one end may send to every one of the other after, and not before, or the other
/// way round. <see cref="OnlyOver"/> is a family where the other one stays as it is.
/// </summary>
public sealed record PathChange(PathEnd From, PathEnd To, Traffic Traffic, IpFamily? OnlyOver)
{
    /// <summary>One flow of these, as the later snapshot (for a closed path: the earlier one) has it.</summary>
    public required Flow Example { get; init; }

    /// <summary>Why its flows end otherwise now; what is said of a direction may hold for some of its pairs only, of a path between thousands of classes not every rule is named.</summary>
    public ValueList<ChangeCause> Causes { get; init; } = [];
}

/// <summary>Traffic that is opened or closed by some of the facts that could hold, and not by others.</summary>
/// <param name="MayOpen">What may be opened.</param>
/// <param name="MayClose">What may be closed.</param>
/// <param name="Missing">The facts that would decide it, a sentence each.</param>
public sealed record UndecidedChange(PathEnd From, PathEnd To, Traffic MayOpen, Traffic MayClose, ValueList<string> Missing);

/// <summary>What became of a policy.</summary>
public enum PolicyEdit
{
    Added,
    Removed,
    Edited,
}

/// <summary>How far a change of one policy goes, with all other policies as they are afterwards.</summary>
public enum EditReach
{
    /// <summary>No flow of any pod there is or could be tells the two forms apart.</summary>
    Nothing,

    /// <summary>Only pods that do not exist yet would notice.</summary>
    FuturePods,

    /// <summary>Pods that there are notice, or addresses outside.</summary>
    Traffic,

    /// <summary>Too many policies changed for each to be tried alone.</summary>
    NotTried,
}

/// <summary>A policy that is not the same in both snapshots.</summary>
public sealed record PolicyChange(PolicyId Policy, PolicyEdit Edit, EditReach Reach);

/// <summary>
/// What a change of manifests does to traffic, exactly: what is opened and closed between pods of both snapshots and the
/// world outside, what pods bring or take with them, what pods that do not exist yet would notice, and what cannot
/// be decided for want of a fact.
/// </summary>
public sealed record PolicyDiff
{
    public required Compiled Before { get; init; }

    public required Compiled After { get; init; }

    /// <summary>Between ends that are there before and after.</summary>
    public required ValueList<PathChange> Opened { get; init; }

    public required ValueList<PathChange> Closed { get; init; }

    /// <summary>Pods of the later snapshot only.</summary>
    public required ValueList<Pod> NewPods { get; init; }

    /// <summary>Pods of the earlier snapshot only.</summary>
    public required ValueList<Pod> GonePods { get; init; }

    /// <summary>Between a new pod and an end of both snapshots that policies isolate and that lets it through.</summary>
    public required ValueList<PathChange> OpenedToNew { get; init; }

    /// <summary>What pods that do not exist yet could do after, and not before.</summary>
    public required ValueList<PathChange> FutureOpened { get; init; }

    public required ValueList<PathChange> FutureClosed { get; init; }

    /// <summary>Whether every kind of pod that policies could tell from others was tried.</summary>
    public required bool TriedEveryFuture { get; init; }

    public required ValueList<UndecidedChange> Undecided { get; init; }

    public required ValueList<PolicyChange> Policies { get; init; }

    /// <summary>Whether pods that there are, and pods that could come, may do the same before and after.</summary>
    public bool IsSameMeaning => Opened.Count + Closed.Count + FutureOpened.Count + FutureClosed.Count + Undecided.Count + NewPods.Count + GonePods.Count == 0;

    /// <summary>Compares two states of one cluster. Both must be read with the same options.</summary>
    public static PolicyDiff Between(Compiled before, Compiled after) => new Comparison(before, after).Report();
}
