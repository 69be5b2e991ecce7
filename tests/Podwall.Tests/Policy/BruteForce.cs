using Podwall.Policy;

namespace Podwall.Tests.Policy;

/// <summary>The specification read aloud, one flow and one family at a time; nothing here is shared with the engine's own road.</summary>
public static class BruteForce
{
    /// <summary>An end: a pod with its address in this family (null: unknown), a node, or an address outside.</summary>
    public sealed record End(Snapshot Cluster, Pod? Pod, string? Node, Address? At);

    public static bool Allows(End from, End to, IpFamily family, Protocol protocol, int port) =>
        (from.Pod is not null && from.Pod == to.Pod)
        || (Direction(Podwall.Policy.Direction.Egress, from, to, to, family, protocol, port)
            && Direction(Podwall.Policy.Direction.Ingress, to, from, to, family, protocol, port));

    private static bool Direction(Direction direction, End subject, End peer, End destination, IpFamily family, Protocol protocol, int port)
    {
        if (subject.Pod is not { UsesHostNetwork: false } pod || (peer.Node is not null && peer.Node == pod.Node))
            return true;
        var governing = subject.Cluster.Policies.Where(p => p.Id.Namespace == pod.Namespace && p.Governs(direction) && p.Subject.Selects(pod.Labels)).ToArray();
        return governing.Length == 0 || governing.SelectMany(p => p.Rules(direction)!.Value.Select(r => (Policy: p, Rule: r))).Any(r =>
            (r.Rule.Peers.Count == 0 && Ports(r.Rule, false))
            || r.Rule.Peers.Any(p => Peer(r.Policy, p) && Ports(r.Rule, p is Peer.Network && direction == Podwall.Policy.Direction.Egress)));

        bool Peer(NetworkPolicy policy, Peer far) => far switch
        {
            Peer.PodsHere(var pods) => peer.Pod is { UsesHostNetwork: false } p && p.Namespace == policy.Id.Namespace && pods.Selects(p.Labels),
            Peer.PodsIn(var namespaces, var pods) => peer.Pod is { UsesHostNetwork: false } p && namespaces.Selects(subject.Cluster.Find(p.Namespace)!.Labels) && pods.Selects(p.Labels),
            Peer.Network n => n.Block.Family == family && (peer.At is { } a ? n.Block.Contains(a) && !n.Except.Any(e => e.Contains(a)) : n.Block.PrefixLength == 0 && n.Except.Count == 0),
            _ => false,
        };

        bool Ports(Rule rule, bool namesMatchNothing) => rule.Ports.Count == 0 || rule.Ports.Any(m => m.Protocol == protocol && m switch
        {
            PortMatch.AllPorts => true,
            PortMatch.Numbered(_, var range) => range.Contains(port),
            PortMatch.Named(_, var name) => !namesMatchNothing && destination.Pod is { UsesHostNetwork: false } d && d.Ports.Any(c => c.Name == name && c.Protocol == protocol && c.Number == port),
            _ => false,
        });
    }
}
