using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Cuts the address space where the policies of either phase cut it, and joins what no pod tells apart.</summary>
internal static class OutsideUnits
{
    public static Unit[] Of(Evidence before, Evidence after)
    {
        var sides = (before == after ? [after] : (Evidence[])[before, after]).SelectMany(Sides).Distinct().ToArray();
        List<AddressSet> parts = [AddressSet.Everything];
        foreach (var block in sides.SelectMany(s => s).Select(r => r.Addresses).Distinct())
            parts = [.. parts.SelectMany(p => (AddressSet[])[p.Intersect(block), p.Except(block)]).Where(p => !p.IsEmpty)];
        return
        [
            .. parts.GroupBy(p => sides.Select(s => TrafficIn(s, p)).ToValueList())
                .Select(g => AddressSet.Of(g.SelectMany(p => p.Ranges)))
                .OrderBy(a => a.Ranges.First().First)
                .Select(a => new Unit { Addresses = a }),
        ];
    }

    /// <summary>What passes between a set of addresses that <see cref="Of"/> gave and the pods that the reach is of.</summary>
    public static Traffic TrafficIn(ValueList<OutsideReach> reach, AddressSet addresses)
    {
        var address = addresses.Ranges.First().First;
        foreach (var part in reach)
            if (part.Addresses.Contains(address))
                return part.Traffic;
        return Traffic.None;
    }

    private static IEnumerable<ValueList<OutsideReach>> Sides(Evidence evidence) =>
        from member in evidence.Classes
        from direction in (Direction[])[Direction.Ingress, Direction.Egress]
        where member.IsIsolated(direction)
        select evidence.Outside(member, direction);
}
