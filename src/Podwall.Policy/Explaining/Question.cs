namespace Podwall.Policy.Explaining;

/// <summary>One direction of a flow, put to one rule after the other.</summary>
internal sealed class Question(Snapshot snapshot, Direction direction, Flow flow, Endpoint peer, IpFamilies family)
{
    private readonly HashSet<Assumption> assumed = [];

    public ValueList<Assumption> Assumed => [.. assumed];

    public RuleFinding Ask(Rule rule, RuleId id)
    {
        var peers = rule.Peers.Select((p, i) => new PeerFinding(i, p, Miss(p, id.Policy.Namespace))).ToValueList();
        // On egress a name counts only where a selector, or no peer list at all, picked the destination.
        var behindBlock = direction == Direction.Egress && !rule.AnyPeer && !peers.Any(p => p.Matches && p.Peer is not Peer.Network);
        var ports = rule.Ports.Select((p, i) => new PortFinding(i, p, Miss(p, behindBlock && peers.Any(f => f.Matches)))).ToValueList();
        return new(id, rule, peers, ports);
    }

    private Miss? Miss(Peer written, string policyNamespace) => written switch
    {
        Peer.Network network => Miss(network),
        Peer.Unreadable => new Miss.CouldNotBeRead(),
        _ when !peer.IsGoverned => new Miss.NotAPod(peer.ToString(), peer.Pod is not null ? "a pod on its node's network" : peer.Node is not null ? "a node" : "an address outside the cluster"),
        Peer.PodsHere(var pods) => peer.Pod!.Namespace != policyNamespace ? new Miss.OtherNamespace(peer.Pod.Namespace, policyNamespace) : Miss(pods),
        Peer.PodsIn(var namespaces, var pods) => (Miss?)Miss(namespaces, snapshot.Find(peer.Pod!.Namespace)!) ?? Miss(pods),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Miss.NamespaceLabel? Miss(Selector namespaces, NamespaceBlock block)
    {
        if (!block.IsDeclared && namespaces.Requirements.Any(r => r.Key != NamespaceBlock.NameLabel))
            assumed.Add(Assumption.UndeclaredNamespace(block.Name));
        return namespaces.Requirements.FirstOrDefault(r => !r.Holds(block.Labels)) is { } term
            ? new(block.Name, term, block.Labels[term.Key], block.IsDeclared)
            : null;
    }

    private Miss.PodLabel? Miss(Selector pods) => pods.Requirements.FirstOrDefault(r => !r.Holds(peer.Pod!.Labels)) is { } term
        ? new(peer.Pod!.Id, term, peer.Pod.Labels[term.Key])
        : null;

    private Miss? Miss(Peer.Network network)
    {
        if (peer.AddressIn(family) is { } address)
            return !network.Block.Contains(address) ? new Miss.OutsideBlock(network.Block, address)
                : network.Except.FirstOrDefault(e => e.Contains(address)) is var exception && network.Except.Any(e => e.Contains(address)) ? new Miss.InException(exception, address)
                : null;
        assumed.Add(Assumption.AddressOf(peer.ToString()));
        return network.IsWholeFamily && network.Block.Family.AsSet() == family ? null : new Miss.UnknownAddress(peer.ToString());
    }

    private Miss? Miss(PortMatch written, bool behindBlock) => written switch
    {
        _ when written.Protocol != flow.Protocol => new Miss.OtherProtocol(written.Protocol, flow.Protocol),
        PortMatch.Numbered(_, var range) => range.Contains(flow.Port) ? null : new Miss.OtherPort(range, flow.Port),
        PortMatch.Named named => Miss(named, behindBlock),
        _ => null,
    };

    private Miss? Miss(PortMatch.Named named, bool behindBlock)
    {
        var to = flow.To;
        if (!to.IsGoverned)
            return new Miss.NameWithoutPod(named.Name, to.ToString());
        var numbers = PortSet.Of(to.Pod!.Ports.Where(p => p.Name == named.Name && p.Protocol == named.Protocol).Select(p => new PortRange(p.Number, p.Number)));
        return numbers.IsEmpty ? new Miss.NameNotDeclared(named.Name, named.Protocol, to.ToString(), to.Pod.Ports)
            : !numbers.Contains(flow.Port) ? new Miss.NameIsOtherPort(named.Name, to.ToString(), numbers, flow.Port)
            : behindBlock ? new Miss.NameBesideBlock(named.Name)
            : null;
    }
}
