namespace Podwall.Policy.Compiling;

/// <summary>A selector pair of <c>namespaceSelector</c> and <c>podSelector</c>, by their numbers in the pool.</summary>
internal readonly record struct CrossPeer(int Namespaces, int Pods)
{
    public bool Selects(LabelGroup peer) => peer.Block.Namespace.By(Namespaces) && peer.Selection.By(Pods);
}

/// <summary>A rule made fast to ask.</summary>
internal sealed class CompiledRule
{
    public required CompiledBlock Block { get; init; }

    public required RuleId Id { get; init; }

    public required Decision Allowed { get; init; }

    /// <summary>The ports given by number, or everything where the rule has no ports.</summary>
    public required Traffic Numbered { get; init; }

    public required PortMatch.Named[] Named { get; init; }

    public required bool AnyPeer { get; init; }

    /// <summary>The label groups of the rule's own namespace that a lone <c>podSelector</c> selects, one bit each.</summary>
    public required ulong[] Here { get; init; }

    public required CrossPeer[] Elsewhere { get; init; }

    /// <summary>What the rule's <c>ipBlock</c> peers hold, or null where it has none.</summary>
    public required AddressSet? Networks { get; init; }

    /// <summary>An <c>ipBlock</c> holds a whole family, so that even an unknown address lies inside.</summary>
    public required IpFamilies WholeFamilies { get; init; }

    public bool Lets(in Packet packet)
    {
        if (Numbered.Contains(packet.Protocol, packet.Port))
            return AnyPeer || SelectsPod(packet.Peer) || Holds(packet.PeerAddress, packet.Family);
        return Named.Length > 0
            && packet.Destination is { } destination && Names(destination, packet.Protocol, packet.Port)
            && (AnyPeer || SelectsPod(packet.Peer) || (Id.Direction == Direction.Ingress && Holds(packet.PeerAddress, packet.Family)));
    }

    public bool SelectsPod(LabelGroup? peer)
    {
        if (peer is null)
            return false;
        if (Here.Length > 0 && peer.Block == Block && (Here[peer.Index / 64] & 1UL << peer.Index) != 0)
            return true;
        foreach (var pair in Elsewhere)
            if (pair.Selects(peer))
                return true;
        return false;
    }

    /// <summary>Whether an <c>ipBlock</c> holds the address; null is unknown, which only a block of the whole family holds.</summary>
    public bool Holds(Address? address, IpFamilies family) => Networks is not null
        && (address is { } known ? Networks.Contains(known) : (WholeFamilies & family) != 0);

    private bool Names(LabelGroup destination, Protocol protocol, int port)
    {
        foreach (var name in Named)
            if (name.Protocol == protocol && destination.Gives(name, port))
                return true;
        return false;
    }

    /// <summary>Everything that the rule lets into the destination from a peer that a selector (or no peer list) matches.</summary>
    public Traffic TrafficTo(LabelGroup? destination) => TrafficTo(destination?.NamedPorts ?? []);

    /// <summary>As above, for a destination that calls its ports so.</summary>
    public Traffic TrafficTo(ValueList<ContainerPort> names)
    {
        var traffic = Numbered;
        foreach (var name in Named)
            traffic = traffic.Union(Traffic.Of(name.Protocol, name.In(names)));
        return traffic;
    }

    /// <summary>As for a pod, but for a peer that only an <c>ipBlock</c> matches: on egress no name resolves.</summary>
    public Traffic TrafficToAddress(LabelGroup subject) => Id.Direction == Direction.Ingress ? TrafficTo(subject) : Numbered;
}
