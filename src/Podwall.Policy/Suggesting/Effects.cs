namespace Podwall.Policy.Suggesting;

/// <summary>What a change opens or closes besides the flow that it is for.</summary>
internal static class Effects
{
    public static (ValueList<Effect> Effects, double Cost) Between(Connectivity before, Compiled after, in Flow flow, bool opened)
    {
        var diff = ReachDiff.Between(before, Connectivity.Of(after));
        var asked = flow;
        var pairs = diff.Changes
            .SelectMany(c => c.From.Select(f => (From: f.Pods, To: c.To.Pods, c.OnlyOver, Traffic: Besides(asked, f.Pods, c.To.Pods, opened ? c.Added : c.Removed))))
            .Where(p => !p.Traffic.IsNone).ToArray();
        var outside = diff.Outside.Select(o => (o.Pods.Pods, o.Direction, Reach: new OutsideReach(o.Addresses, opened ? o.Added : o.Removed)))
            .Where(o => !o.Reach.Traffic.IsNone).ToArray();
        var cost = pairs.Sum(p => (double)p.From.Count * p.To.Count * p.Traffic.Count)
            + outside.Sum(o => o.Pods.Count * IpFamily.Both.Sum(f => (double)o.Reach.Addresses.CountOf(f)) * o.Reach.Traffic.Count);
        return (
        [
            .. pairs.GroupBy(p => (To: Named(p.To), p.Traffic, p.OnlyOver))
                .Select(g => new Effect(Named(g.SelectMany(p => p.From)), g.Key.To, g.Key.Traffic, g.Key.OnlyOver)),
            .. outside.Where(o => !IsPurpose(o.Pods, o.Reach, o.Direction, asked)).Select(o => o.Direction == Direction.Ingress
                ? new Effect(Shortened(o.Reach.Addresses), Named(o.Pods), o.Reach.Traffic)
                : new Effect(Named(o.Pods), Shortened(o.Reach.Addresses), o.Reach.Traffic)),
        ], cost);
    }

    // The flow that was asked about is the purpose, not a side effect; and a pod alone in its class never meets itself.
    private static Traffic Besides(in Flow asked, ValueList<Pod> from, ValueList<Pod> to, Traffic traffic) =>
        from.Count * to.Count != 1 ? traffic
        : from[0].Id == to[0].Id ? Traffic.None
        : from[0].Id == asked.From.Pod?.Id && to[0].Id == asked.To.Pod?.Id ? traffic.Except(Only(asked))
        : traffic;

    private static Traffic Only(in Flow flow) => flow.Protocol == Protocol.Icmp
        ? Traffic.None with { PortLess = true }
        : Traffic.Of(flow.Protocol, PortSet.Of((ushort)flow.Port));

    private static bool IsPurpose(ValueList<Pod> pods, OutsideReach reach, Direction direction, in Flow flow)
    {
        var (pod, address) = direction == Direction.Ingress ? (flow.To.Pod, flow.From) : (flow.From.Pod, flow.To);
        return pods.Count == 1 && pods[0].Id == pod?.Id && reach.Traffic == Only(flow) && address.Pod is null
            && reach.Addresses.Equals(AddressSet.Of(address.Addresses.Select(a => new AddressRange(a, a))));
    }

    private static string Named(IEnumerable<Pod> pods) => pods.Select(p => p.Id).Distinct().ToArray() switch
    {
        { Length: <= 3 } few => string.Join(", ", few),
        var many when many.Select(p => p.Namespace).Distinct().ToArray() is [var only] => $"{many.Length} pods of {only}",
        var many => $"{many.Length} pods in {many.Select(p => p.Namespace).Distinct().Count()} namespaces",
    };

    private static string Shortened(AddressSet addresses) => addresses.Equals(AddressSet.Everything) ? "any outside address" : addresses.Ranges.Take(3).ToArray() switch
    {
        { Length: <= 2 } few => string.Join(", ", few.Select(r => r.First == r.Last ? $"{r.First}" : r.AsBlock() is { } block ? $"{block}" : $"{r}")),
        var many => $"{many[0]} and other outside addresses",
    };
}
