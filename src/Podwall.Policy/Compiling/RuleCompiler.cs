namespace Podwall.Policy.Compiling;

/// <summary>Turns the rules of a policy into their compiled form.</summary>
internal static class RuleCompiler
{
    public static CompiledRule[] Compile(NetworkPolicy policy, CompiledBlock block, SelectorPool pool) =>
    [
        .. Rules(policy, Direction.Ingress).Select((r, i) => Compile(r, new(policy.Id, Direction.Ingress, i), block, pool)),
        .. Rules(policy, Direction.Egress).Select((r, i) => Compile(r, new(policy.Id, Direction.Egress, i), block, pool)),
    ];

    private static IEnumerable<Rule> Rules(NetworkPolicy policy, Direction direction) => policy.Rules(direction) ?? [];

    private static CompiledRule Compile(Rule rule, RuleId id, CompiledBlock block, SelectorPool pool)
    {
        var networks = rule.Peers.OfType<Peer.Network>().ToArray();
        return new()
        {
            Block = block,
            Id = id,
            Allowed = new(Verdict.Allow, new Reason.Matched(id)),
            Numbered = Numbered(rule),
            Named = [.. rule.Ports.OfType<PortMatch.Named>()],
            AnyPeer = rule.AnyPeer,
            Here = Here(rule, block),
            Elsewhere = [.. rule.Peers.OfType<Peer.PodsIn>().Select(p => new CrossPeer(pool.Number(p.Namespaces), pool.Number(p.Pods)))],
            Networks = networks.Length switch
            {
                0 => null,
                1 => networks[0].Addresses,
                _ => AddressSet.Of(networks.SelectMany(n => n.Addresses.Ranges)),
            },
            WholeFamilies = networks.Where(n => n.IsWholeFamily)
                .Aggregate(IpFamilies.None, (families, n) => families | n.Block.Family.AsSet()),
        };
    }

    private static Traffic Numbered(Rule rule)
    {
        if (rule.AnyPort)
            return Traffic.Everything;
        var traffic = Traffic.None;
        foreach (var protocol in ProtocolNames.WithPorts)
            traffic = traffic.With(protocol, PortSet.Of(rule.Ports.Where(p => p.Protocol == protocol).SelectMany(Range)));
        return traffic;
    }

    private static IEnumerable<PortRange> Range(PortMatch port) => port switch
    {
        PortMatch.AllPorts => [PortRange.All],
        PortMatch.Numbered(_, var ports) => [ports],
        _ => [],
    };

    private static ulong[] Here(Rule rule, CompiledBlock block)
    {
        var selectors = rule.Peers.OfType<Peer.PodsHere>().Select(p => p.Pods).ToArray();
        if (selectors.Length == 0)
            return [];
        var row = new ulong[block.Groups.Length / 64 + 1];
        foreach (var group in block.Groups)
            if (selectors.Any(s => s.Selects(group.Labels)))
                row[group.Index / 64] |= 1UL << group.Index;
        return row;
    }
}
