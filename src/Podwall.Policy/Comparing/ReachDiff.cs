using Podwall.Policy.Comparing;

namespace Podwall.Policy;

/// <summary>
/// What two snapshots allow differently, exactly. Pods are matched by name; a pod that policies can govern in one snapshot
/// only is listed as such, and not compared.
/// </summary>
public sealed class ReachDiff
{
    private ReachDiff(Matching matching, ValueList<ReachChange> changes, ValueList<OutsideChange> outside) =>
        (Matched, OnlyBefore, OnlyAfter, Changes, Outside) = (matching.Classes, matching.OnlyBefore, matching.OnlyAfter, changes, outside);

    /// <summary>The pods of both snapshots, by class.</summary>
    internal MatchedClass[] Matched { get; }

    public static ReachDiff Between(Connectivity before, Connectivity after)
    {
        var matching = new Matching(before, after);
        var sideBySide = new SideBySide(before, after, matching);
        var changed = matching.Classes.Where(c => c.HasChanged).ToArray();
        return new(
            matching,
            changed.Length == 0 ? [] : [.. matching.Classes.SelectMany(sideBySide.ChangesInto)],
            [.. changed.SelectMany(c => sideBySide.OutsideOf(c, Direction.Ingress).Concat(sideBySide.OutsideOf(c, Direction.Egress)))]);
    }

    public ValueList<Pod> OnlyBefore { get; }

    public ValueList<Pod> OnlyAfter { get; }

    /// <summary>Between pods of both snapshots: what has changed for a pair over some family is in one of these only.</summary>
    public ValueList<ReachChange> Changes { get; }

    /// <summary>Between pods of both snapshots and the world outside.</summary>
    public ValueList<OutsideChange> Outside { get; }

    public bool IsEmpty => Changes.Count + Outside.Count + OnlyBefore.Count + OnlyAfter.Count == 0;
}
