using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>From the API's shape of a policy to the engine's, and back.</summary>
public static class PolicyConversion
{
    private static readonly Rule Nothing = new([new Peer.Unreadable()], []);

    /// <summary>The engine's policy; only for an object without faults.</summary>
    public static NetworkPolicy ToPolicy(this PolicyObject policy) => ToPolicy(policy, []);

    /// <summary>
    /// The engine's policy where some fields are faulty, closed: a faulty selector selects the whole namespace, faulty
    /// <c>policyTypes</c> govern both directions, and a rule with a fault anywhere in it allows nothing. Rules keep their
    /// numbers. What is not faulty means what it says.
    /// </summary>
    internal static NetworkPolicy ToPolicy(this PolicyObject policy, ValueList<FieldError> faults)
    {
        var spec = FieldPath.Of("spec");
        var types = IsFaulty(policy.HasWrittenTypes ? spec.Child("policyTypes") : spec) ? ["Ingress", "Egress"] : policy.Spec.PolicyTypes;
        var subject = IsFaulty(spec.Child("podSelector")) ? Selector.Everything : policy.Spec.PodSelector.ToSelector();
        return new(policy.Id, subject, Rules(Direction.Ingress, "ingress"), Rules(Direction.Egress, "egress")) { Faults = faults.Select(f => f.Message).ToValueList() };

        ValueList<Rule>? Rules(Direction direction, string field)
        {
            if (!types.Contains(direction.ToString()))
                return null;
            var list = spec.Child(field);
            var isWhollyFaulty = faults.AsEnumerable().Any(f => list.IsInside(f.Field));
            var faulty = faults.Select(f => f.Culprit.IndexIn(list)).ToHashSet();
            return policy.Spec.Rules(direction).Select((rule, i) => isWhollyFaulty || faulty.Contains(i) ? Nothing : rule.ToRule()).ToValueList();
        }

        bool IsFaulty(FieldPath field) => faults.AsEnumerable().Any(f => f.Culprit.IsInside(field) || field.IsInside(f.Field));
    }

    private static Rule ToRule(this PolicyRule rule) =>
        new(rule.Peers.Select(ToPeer).ToValueList(), rule.Ports.Select(ToPort).ToValueList());

    private static Peer ToPeer(PolicyPeer peer) => peer switch
    {
        { IpBlock: { } block } => new Peer.Network(Cidr.Parse(block.Cidr), block.Except.Select(Cidr.Parse).ToValueList()),
        { NamespaceSelector: { } namespaces } => new Peer.PodsIn(namespaces.ToSelector(), peer.PodSelector?.ToSelector() ?? Selector.Everything),
        _ => new Peer.PodsHere(peer.PodSelector!.ToSelector()),
    };

    private static PortMatch ToPort(PolicyPort port)
    {
        var protocol = ProtocolNames.TryParse(port.Protocol ?? "TCP", out var named) ? named : Protocol.Tcp;
        return port.Port switch
        {
            null => new PortMatch.AllPorts(protocol),
            { Name: { } name } => new PortMatch.Named(protocol, name),
            { Number: var first } => new PortMatch.Numbered(protocol, new((ushort)first, (ushort)(port.EndPort ?? first))),
        };
    }

    /// <summary>A spec that means what the engine's policy means; read again, it gives an equal policy.</summary>
    /// <exception cref="ArgumentException">A rule could not be read, so that nobody can write it.</exception>
    public static PolicySpec ToSpec(this NetworkPolicy policy) => new(
        policy.Subject.ToLabelSelector(),
        (policy.Ingress ?? []).Select(ToRule).ToValueList(),
        (policy.Egress ?? []).Select(ToRule).ToValueList(),
        new[] { Direction.Ingress, Direction.Egress }.Where(policy.Governs).Select(d => d.ToString()).ToValueList());

    private static PolicyRule ToRule(Rule rule) => new(rule.Ports.Select(ToPort).ToValueList(), rule.Peers.Select(ToPeer).ToValueList());

    private static PolicyPeer ToPeer(Peer peer) => peer switch
    {
        Peer.PodsHere here => new(here.Pods.ToLabelSelector(), null, null),
        Peer.PodsIn { Pods: var pods } there => new(pods == Selector.Everything ? null : pods.ToLabelSelector(), there.Namespaces.ToLabelSelector(), null),
        Peer.Network network => new(null, null, new(network.Block.ToString(), network.Except.Select(e => e.ToString()).ToValueList())),
        _ => throw new ArgumentException($"{peer} has no form in the API.", nameof(peer)),
    };

    private static PolicyPort ToPort(PortMatch port) => port switch
    {
        PortMatch.Named named => new(port.Protocol.Name(), new(0, named.Name), null),
        PortMatch.Numbered { Ports: var ports } => new(port.Protocol.Name(), new(ports.First, null), ports.Count == 1 ? null : ports.Last),
        _ => new(port.Protocol.Name(), null, null),
    };
}
