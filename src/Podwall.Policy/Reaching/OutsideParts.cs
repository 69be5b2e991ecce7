using Podwall.Policy.Compiling;

namespace Podwall.Policy.Reaching;

/// <summary>The exact partition of the address space that the rules of one side induce.</summary>
internal static class OutsideParts
{
    public static IReadOnlyList<OutsideReach> Of(LabelGroup group, Direction direction)
    {
        if (group.SideOf(direction) is not { } side)
            return [new(AddressSet.Everything, Traffic.Everything)];
        var toAll = side.Rules.Where(r => r.AnyPeer).Aggregate(Traffic.None, (t, r) => t.Union(r.TrafficToAddress(group)));
        List<OutsideReach> parts = [new(AddressSet.Everything, toAll)];
        foreach (var rules in side.Rules.Where(r => r.Networks is not null).GroupBy(r => r.TrafficToAddress(group)))
        {
            var block = rules.Count() == 1 ? rules.First().Networks! : AddressSet.Of(rules.SelectMany(r => r.Networks!.Ranges));
            parts = Refine(parts, block, rules.Key);
        }

        return Joined(parts);
    }

    /// <summary>What both partitions allow.</summary>
    public static IReadOnlyList<OutsideReach> Both(IReadOnlyList<OutsideReach> left, IReadOnlyList<OutsideReach> right) => Joined(
        from l in left
        from r in right
        select new OutsideReach(l.Addresses.Intersect(r.Addresses), l.Traffic.Intersect(r.Traffic)));

    /// <summary>What either partition allows.</summary>
    public static IReadOnlyList<OutsideReach> Either(IReadOnlyList<OutsideReach> left, IReadOnlyList<OutsideReach> right)
    {
        var parts = right.ToList();
        var covered = AddressSet.Of(right.SelectMany(r => r.Addresses.Ranges));
        foreach (var part in left)
        {
            parts = Refine(parts, part.Addresses, part.Traffic);
            parts.Add(new(part.Addresses.Except(covered), part.Traffic));
        }

        return Joined(parts);
    }

    private static List<OutsideReach> Refine(List<OutsideReach> parts, AddressSet block, Traffic traffic)
    {
        List<OutsideReach> refined = [];
        foreach (var part in parts)
        {
            refined.Add(new(part.Addresses.Intersect(block), part.Traffic.Union(traffic)));
            refined.Add(new(part.Addresses.Except(block), part.Traffic));
        }

        refined.RemoveAll(p => p.Addresses.IsEmpty);
        return refined;
    }

    private static OutsideReach[] Joined(IEnumerable<OutsideReach> parts) =>
    [
        .. parts.Where(p => !p.Traffic.IsNone && !p.Addresses.IsEmpty).GroupBy(p => p.Traffic)
            .Select(g => new OutsideReach(AddressSet.Of(g.SelectMany(p => p.Addresses.Ranges)), g.Key))
            .OrderBy(p => p.Addresses.Ranges.First().First),
    ];
}
