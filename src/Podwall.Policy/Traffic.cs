namespace Podwall.Policy;

/// <summary>
/// An exact set of (protocol, ports): what may be sent once the two ends are fixed. <see cref="PortLess"/> says
/// whether ICMP and every other protocol without ports is in it.
/// </summary>
public sealed record Traffic(PortSet Tcp, PortSet Udp, PortSet Sctp, bool PortLess)
{
    public static Traffic None { get; } = new(PortSet.Empty, PortSet.Empty, PortSet.Empty, PortLess: false);

    public static Traffic Everything { get; } = new(PortSet.All, PortSet.All, PortSet.All, PortLess: true);

    public bool IsNone => Tcp.IsEmpty && Udp.IsEmpty && Sctp.IsEmpty && !PortLess;

    public bool IsEverything => ReferenceEquals(this, Everything) || (PortLess && Tcp.IsAll && Udp.IsAll && Sctp.IsAll);

    /// <summary>The ports of a protocol; none for a protocol without ports.</summary>
    public PortSet Of(Protocol protocol) => protocol switch
    {
        Protocol.Tcp => Tcp,
        Protocol.Udp => Udp,
        Protocol.Sctp => Sctp,
        _ => PortSet.Empty,
    };

    public static Traffic Of(Protocol protocol, PortSet ports) => None.With(protocol, ports);

    public Traffic With(Protocol protocol, PortSet ports) => protocol switch
    {
        Protocol.Tcp => this with { Tcp = ports },
        Protocol.Udp => this with { Udp = ports },
        Protocol.Sctp => this with { Sctp = ports },
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), $"{protocol.Name()} has no ports."),
    };

    public bool Contains(Protocol protocol, int port) => protocol == Protocol.Icmp ? PortLess : Of(protocol).Contains(port);

    public Traffic Union(Traffic other) =>
        IsNone || other.IsEverything ? other
        : other.IsNone || IsEverything ? this
        : Of(Tcp.Union(other.Tcp), Udp.Union(other.Udp), Sctp.Union(other.Sctp), PortLess || other.PortLess);

    public Traffic Intersect(Traffic other) =>
        IsNone || other.IsEverything ? this
        : other.IsNone || IsEverything ? other
        : Of(Tcp.Intersect(other.Tcp), Udp.Intersect(other.Udp), Sctp.Intersect(other.Sctp), PortLess && other.PortLess);

    // Most operations change nothing: no new object then, and equality is a comparison of references.
    private Traffic Of(PortSet tcp, PortSet udp, PortSet sctp, bool portLess) =>
        ReferenceEquals(tcp, Tcp) && ReferenceEquals(udp, Udp) && ReferenceEquals(sctp, Sctp) && portLess == PortLess ? this : new(tcp, udp, sctp, portLess);

    public Traffic Except(Traffic other) =>
        other.IsNone ? this
        : other.IsEverything ? None
        : new(Tcp.Except(other.Tcp), Udp.Except(other.Udp), Sctp.Except(other.Sctp), PortLess && !other.PortLess);

    /// <summary>How many (protocol, port) pairs the set holds; everything without ports counts as one.</summary>
    public int Count => Tcp.Count + Udp.Count + Sctp.Count + (PortLess ? 1 : 0);

    public override string ToString() =>
        IsEverything ? "everything"
        : IsNone ? "nothing"
        : string.Join("; ", ProtocolNames.WithPorts.Where(p => !Of(p).IsEmpty)
            .Select(p => Of(p).IsAll ? $"{p.Name()} all ports" : $"{p.Name()} {Of(p)}")
            .Concat(PortLess ? ["ICMP and others without ports"] : []));
}
