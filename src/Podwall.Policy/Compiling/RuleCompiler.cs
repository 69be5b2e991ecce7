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
        List<Selector>? here = null;
        List<CrossPeer>? elsewhere = null;
        List<Peer.Network>? networks = null;
        foreach (var peer in rule.Peers)
            switch (peer)
            {
                case Peer.PodsHere(var pods):
                    (here ??= []).Add(pods);
                    break;
                case Peer.PodsIn(var namespaces, var pods):
                    (elsewhere ??= []).Add(new(pool.Number(namespaces), pool.Number(pods)));
                    break;
                case Peer.Network network:
                    (networks ??= []).Add(network);
                    break;
            }

        return new()
        {
            Block = block,
            Id = id,
            Allowed = new(Verdict.Allow, new Reason.Matched(id)),
            Numbered = pool.Traffic.The(Numbered(rule)),
            Named = NamedPorts(rule),
            AnyPeer = rule.AnyPeer,
            Here = here is null ? [] : Here(here, block),
            Elsewhere = elsewhere is null ? [] : [.. elsewhere],
            Networks = networks switch
            {
                null => null,
                [var one] => one.Addresses,
                _ => AddressSet.Of(networks.SelectMany(n => n.Addresses.Ranges)),
            },
            WholeFamilies = networks is null ? IpFamilies.None
                : networks.Where(n => n.IsWholeFamily).Aggregate(IpFamilies.None, (families, n) => families | n.Block.Family.AsSet()),
        };
    }

    private static Traffic Numbered(Rule rule)
    {
        if (rule.AnyPort)
            return Traffic.Everything;
        var traffic = Traffic.None;
        foreach (var port in rule.Ports)
        {
            var ports = port switch
            {
                PortMatch.AllPorts => PortSet.All,
                PortMatch.Numbered(_, var range) => PortSet.Of(range),
                _ => PortSet.Empty,
            };
            if (!ports.IsEmpty)
                traffic = traffic.With(port.Protocol, traffic.Of(port.Protocol).Union(ports));
        }

        return traffic;
    }

    private static PortMatch.Named[] NamedPorts(Rule rule)
    {
        List<PortMatch.Named>? named = null;
        foreach (var port in rule.Ports)
            if (port is PortMatch.Named name)
                (named ??= []).Add(name);
        return named is null ? [] : [.. named];
    }

    private static ulong[] Here(List<Selector> selectors, CompiledBlock block)
    {
        var row = new ulong[block.Groups.Length / 64 + 1];
        foreach (var group in block.Groups)
            foreach (var selector in selectors)
                if (selector.Selects(group.Labels))
                    row[group.Index / 64] |= 1UL << group.Index;
        return row;
    }
}
