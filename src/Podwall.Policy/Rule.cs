namespace Podwall.Policy;

/// <summary>
/// What one entry of <c>ingress</c> or <c>egress</c> allows: any of the peers on any of the ports. No peers is any peer,
/// inside or outside; no ports is everything, ICMP included.
/// </summary>
public sealed record Rule(ValueList<Peer> Peers, ValueList<PortMatch> Ports)
{
    public bool AnyPeer => Peers.Count == 0;

    public bool AnyPort => Ports.Count == 0;
}
