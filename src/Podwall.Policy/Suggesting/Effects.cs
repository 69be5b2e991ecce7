namespace Podwall.Policy.Suggesting;

/// <summary>
/// What a change opens or closes besides the flow that it is for. Only pairs with an end in a changed namespace can differ:
/// the traffic of a pair depends on the blocks of its two ends and on nothing else.
/// </summary>
internal static class Effects
{
    public static (ValueList<Effect> Effects, double Cost) Between(Compiled before, Compiled after, in Flow flow, bool opened)
    {
        var (less, more) = opened ? (before, after) : (after, before);
        var sides = new Comparison(less, more);
        List<(Pod[] From, Pod[] To, Traffic Traffic)> pairs = [];
        var asked = flow;
        foreach (var (from, to, traffic) in sides.Pairs())
        {
            // The flow that was asked about is the purpose, not a side effect.
            var rest = traffic;
            if (from.Length * to.Length == 1 && from[0].Id == asked.From.Pod?.Id && to[0].Id == asked.To.Pod?.Id)
                rest = traffic.Except(Only(asked));
            if (!rest.IsNone)
                pairs.Add((from, to, rest));
        }

        var outside = sides.Outside().ToArray();
        var cost = pairs.Sum(p => (double)p.From.Length * p.To.Length * p.Traffic.Count)
            + outside.Sum(o => o.Pods.Length * IpFamily.Both.Sum(f => (double)o.Reach.Addresses.CountOf(f)) * o.Reach.Traffic.Count);
        return (
        [
            .. pairs.GroupBy(p => (To: Named(p.To), p.Traffic)).Select(g => new Effect(Named([.. g.SelectMany(p => p.From)]), g.Key.To, g.Key.Traffic)),
            .. outside.Where(o => !IsPurpose(o.Pods, o.Reach, o.Direction, asked)).Select(o => o.Direction == Direction.Ingress
                ? new Effect(Shortened(o.Reach.Addresses), Named(o.Pods), o.Reach.Traffic)
                : new Effect(Named(o.Pods), Shortened(o.Reach.Addresses), o.Reach.Traffic)),
        ], cost);
    }

    private static Traffic Only(in Flow flow) => flow.Protocol == Protocol.Icmp
        ? Traffic.None with { PortLess = true }
        : Traffic.Of(flow.Protocol, PortSet.Of((ushort)flow.Port));

    private static bool IsPurpose(Pod[] pods, OutsideReach reach, Direction direction, in Flow flow)
    {
        var (pod, address) = direction == Direction.Ingress ? (flow.To.Pod, flow.From) : (flow.From.Pod, flow.To);
        return pods.Length == 1 && pods[0].Id == pod?.Id && reach.Traffic == Only(flow) && address.Pod is null
            && reach.Addresses.Equals(AddressSet.Of(address.Addresses.Select(a => new AddressRange(a, a))));
    }

    private static string Named(Pod[] pods) => pods.Select(p => p.Id).Distinct().ToArray() switch
    {
        { Length: <= 3 } few => string.Join(", ", few),
        var many when many.Select(p => p.Namespace).Distinct().ToArray() is [var only] => $"{many.Length} pods of {only}",
        var many => $"{many.Length} pods in {many.Select(p => p.Namespace).Distinct().Count()} namespaces",
    };

    private static string Shortened(AddressSet addresses) => addresses.Ranges.Take(3).ToArray() switch
    {
        { Length: <= 2 } few => string.Join(", ", few.Select(r => r.First == r.Last ? $"{r.First}" : $"{r}")),
        var many => $"{many[0]} and other outside addresses",
    };
}
