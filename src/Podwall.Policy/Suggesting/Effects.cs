namespace Podwall.Policy.Suggesting;

/// <summary>What a change opens or closes besides the flow that it is for.</summary>
internal static class Effects
{
    public static (ValueList<Effect> Effects, double Cost) Between(Connectivity before, Compiled after, in Flow flow, bool opened)
    {
        var diff = ReachDiff.Between(before, Connectivity.Of(after));
        var asked = flow;
        var pairs = diff.Changes
            .SelectMany(c => c.From.SelectMany(f => Besides(asked, f.Pods, c.To.Pods, opened ? c.Added : c.Removed)).Select(p => (p.From, p.To, p.Traffic, c.OnlyOver)))
            .Where(p => p.From.Count > 0 && p.To.Count > 0 && !p.Traffic.IsNone).ToArray();
        var outside = diff.Outside.Select(o => (o.Pods, o.Direction, Reach: new OutsideReach(o.Addresses, opened ? o.Added : o.Removed)))
            .Select(o => (Pods: Besides(asked, o.Pods.Pods, o.Direction, o.Reach), o.Direction, o.Reach))
            .Where(o => !o.Reach.Traffic.IsNone && o.Pods.Count > 0).ToArray();
        var cost = pairs.Sum(p => (double)p.From.Count * p.To.Count * p.Traffic.Count)
            + outside.Sum(o => o.Pods.Count * IpFamily.Both.Sum(f => (double)o.Reach.Addresses.CountOf(f)) * o.Reach.Traffic.Count);
        return (
        [
            .. pairs.GroupBy(p => (To: Named(p.To), p.Traffic, p.OnlyOver))
                .Select(g => new Effect(Named(g.SelectMany(p => p.From)), g.Key.To, g.Key.Traffic, g.Key.OnlyOver)),
            .. outside.Select(o => o.Direction == Direction.Ingress
                ? new Effect(Shortened(o.Reach.Addresses), Named(o.Pods), o.Reach.Traffic)
                : new Effect(Named(o.Pods), Shortened(o.Reach.Addresses), o.Reach.Traffic)),
        ], cost);
    }

    // The flow that was asked about is the purpose, not a side effect.
    private static IEnumerable<(ValueList<Pod> From, ValueList<Pod> To, Traffic Traffic)> Besides(in Flow asked, ValueList<Pod> from, ValueList<Pod> to, Traffic traffic)
    {
        var (sender, receiver) = (The(asked.From, from), The(asked.To, to));
        return sender.Count * receiver.Count == 0
            ? [Apart(from, to, traffic)]
            : [Apart(Without(from, sender), to, traffic), Apart(sender, Without(to, receiver), traffic), Apart(sender, receiver, traffic.Except(Only(asked)))];
    }

    // A pod alone on one side does not meet itself on the other.
    private static (ValueList<Pod> From, ValueList<Pod> To, Traffic Traffic) Apart(ValueList<Pod> from, ValueList<Pod> to, Traffic traffic) =>
        (to.Count == 1 ? Without(from, to) : from, from.Count == 1 ? Without(to, from) : to, traffic);

    private static ValueList<Pod> Besides(in Flow asked, ValueList<Pod> pods, Direction direction, OutsideReach reach)
    {
        var (end, address) = direction == Direction.Ingress ? (asked.To, asked.From) : (asked.From, asked.To);
        var isPurpose = reach.Traffic == Only(asked) && address.Pod is null
            && reach.Addresses.Equals(AddressSet.Of(address.Addresses.Select(a => new AddressRange(a, a))));
        return isPurpose ? Without(pods, The(end, pods)) : pods;
    }

    private static ValueList<Pod> The(Endpoint end, ValueList<Pod> among) => [.. among.Where(p => p.Id == end.Pod?.Id)];

    private static ValueList<Pod> Without(ValueList<Pod> pods, ValueList<Pod> gone) => gone.Count == 0 ? pods : [.. pods.Where(p => p.Id != gone[0].Id)];

    private static Traffic Only(in Flow flow) => flow.Protocol == Protocol.Icmp
        ? Traffic.None with { PortLess = true }
        : Traffic.Of(flow.Protocol, PortSet.Of((ushort)flow.Port));

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
