using Podwall.Policy.Explaining;

namespace Podwall.Policy.Suggesting;

/// <summary>Small edits that might flip one direction of an explained flow; each is still to be verified by deciding again.</summary>
internal static class Candidates
{
    public static IEnumerable<Change> ToAllow(SideExplanation side, in Flow flow)
    {
        var (protocol, port) = (flow.Protocol, flow.Port);
        // What could not be read is to be mended, not added to.
        var rules = side.Rules.Where(r => !r.Rule.Peers.Any(p => p is Peer.Unreadable)).ToArray();
        return side.IsolatedBy.Count == 0 ? [] :
        [
            .. rules.Where(r => r.PeerMatches && !r.PortMatches && protocol != Protocol.Icmp)
                .Select(r => new Change.AddPort(r.Id, Port(protocol, port))),
            .. rules.Where(r => r.PortMatches && !r.PeerMatches)
                .SelectMany(r => Peers(side.Peer, r.Id.Policy.Namespace).Select(p => new Change.AddPeer(r.Id, p))),
            .. rules.Where(r => r.PortMatches && !r.PeerMatches).SelectMany(r => r.Peers).Select(p => Label(p, side.Peer)).OfType<Change>().Distinct(),
            .. side.IsolatedBy.SelectMany(policy => Peers(side.Peer, side.Subject.Pod!.Namespace)
                .Select(p => new Change.AddRule(policy, side.Direction, new([p], protocol == Protocol.Icmp ? [] : [Port(protocol, port)])))),
        ];
    }

    /// <summary>Edits that close a direction: without the rules that allow it, or, where nothing isolates, with a policy that does.</summary>
    public static IEnumerable<ValueList<Change>> ToDeny(SideExplanation side, IReadOnlySet<PolicyId> taken)
    {
        if (side.Subject.Pod is not { } pod || !side.Subject.IsGoverned)
            return [];
        // Rules are taken away from the last to the first, so that the indices before it stay true.
        var allowing = side.Rules.Where(r => r.Allows).Reverse()
            .Select(r => (Change)new Change.RemoveRule(r.Id, IsLast: !side.Rules.Any(o => !o.Allows && o.Id.Policy == r.Id.Policy))).ToValueList();
        if (allowing.Count > 0)
            return [allowing];
        // Without labels, nothing but the whole namespace could be isolated.
        if (ByLabels(pod) == Selector.Everything)
            return [];
        var isolating = new NetworkPolicy(new(pod.Namespace, FreeName($"isolate-{pod.Workload.Name}", taken)), ByLabels(pod),
            side.Direction == Direction.Ingress ? [] : null, side.Direction == Direction.Egress ? [] : null);
        return side.Decision.Why is Reason.NotIsolated ? [[new Change.AddPolicy(isolating)]] : [];
    }

    private static string FreeName(string name, IReadOnlySet<PolicyId> taken) =>
        Enumerable.Range(1, taken.Count + 1).Select(n => n == 1 ? name : $"{name}-{n}").First(n => !taken.Any(t => t.Name == n));

    private static PortMatch.Numbered Port(Protocol protocol, int port) => new(protocol, new((ushort)port, (ushort)port));

    /// <summary>Peers that pick this end, the narrowest first.</summary>
    private static IEnumerable<Peer> Peers(Endpoint end, string policyNamespace)
    {
        if (!end.IsGoverned)
            return end.Addresses.Select(a => new Peer.Network(Cidr.Parse($"{a}/{a.Family.Bits}"), []));
        var pod = end.Pod!;
        var here = Selector.Of((NamespaceBlock.NameLabel, pod.Namespace));
        var own = ByLabels(pod);
        Peer[] peers = pod.Namespace == policyNamespace
            ? [new Peer.PodsHere(own), new Peer.PodsHere(Selector.Everything)]
            : [new Peer.PodsIn(here, own), new Peer.PodsIn(here, Selector.Everything)];
        return peers.Distinct();
    }

    /// <summary>The labels that say what the pod is.</summary>
    private static Selector ByLabels(Pod pod) => Selector.Of(pod.Labels.Where(l => !WorkloadLabels.IsOfController(l.Key)).Select(l => (l.Key, l.Value)));

    /// <summary>One label that makes a selector pick this end, where a single one is all that is missing.</summary>
    private static Change? Label(PeerFinding finding, Endpoint end)
    {
        if (!end.IsGoverned || finding.Why is not (Miss.PodLabel or Miss.NamespaceLabel))
            return null;
        var pods = finding.Peer switch
        {
            Peer.PodsHere(var selector) => selector,
            Peer.PodsIn(_, var selector) => selector,
            _ => Selector.Everything,
        };
        var missing = pods.Requirements.Where(r => !r.Holds(end.Pod!.Labels)).ToArray();
        return finding.Why switch
        {
            Miss.PodLabel { Value: null } when missing is [Requirement.OneOf { Values.Count: > 0 } one] => new Change.LabelPods(end.Pod!.Workload, one.Key, one.Values[0]),
            Miss.PodLabel { Value: null } when missing is [Requirement.Present any] => new Change.LabelPods(end.Pod!.Workload, any.Key, "true"),
            Miss.NamespaceLabel { Value: null, Term: Requirement.OneOf { Values.Count: > 0 } one } when missing.Length == 0 => new Change.LabelNamespace(end.Pod!.Namespace, one.Key, one.Values[0]),
            Miss.NamespaceLabel { Value: null, Term: Requirement.Present any } when missing.Length == 0 => new Change.LabelNamespace(end.Pod!.Namespace, any.Key, "true"),
            _ => null,
        };
    }
}
