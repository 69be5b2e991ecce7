using Podwall.Policy.Reporting;

namespace Podwall.Policy.Suggesting;

/// <summary>Traffic between two workloads, or one and outside addresses, that suggested policies allow and nobody was seen to use.</summary>
public sealed record Unused(string From, string To, Traffic Traffic, IpFamily? OnlyOver);

/// <summary>
/// Policies that allow what was observed, and as little else as readable ones can: a default deny for every namespace in
/// which something was seen, DNS, and one policy for each workload, by its labels.
/// </summary>
/// <param name="Policies">In place of all that there are; sorted by name.</param>
/// <param name="Denied">Observed flows that they deny all the same: nothing that a policy can say would let them through.</param>
/// <param name="Unused">What else they allow in the namespaces that they govern.</param>
/// <param name="Untouched">Namespaces in which nothing was seen, and those of Kubernetes itself; they stay as open as without policies.</param>
public sealed record LeastPrivilege(ValueList<NetworkPolicy> Policies, ValueList<Flow> Denied, ValueList<Unused> Unused, ValueList<string> Untouched)
{
    // A mistake there stops the cluster, and what runs there is rarely seen as a whole.
    private static readonly string[] OfKubernetes = ["kube-system", "kube-public", "kube-node-lease"];

    /// <param name="observed">Flows that must go on working; their ends are those of the compiled cluster.</param>
    public static LeastPrivilege For(Compiled compiled, IReadOnlyCollection<Flow> observed)
    {
        Workloads workloads = new(compiled.Snapshot);
        var governed = observed.SelectMany(f => new[] { f.From, f.To }).Where(e => e.IsGoverned).Select(e => e.Pod!.Namespace).Except(OfKubernetes).ToHashSet(StringComparer.Ordinal);
        var policies = governed.Order(StringComparer.Ordinal).SelectMany(ns => PoliciesOf(ns, observed, workloads)).ToArray();
        var byNamespace = policies.ToLookup(p => p.Id.Namespace);
        var after = Compiled.Compile(new(compiled.Snapshot.Namespaces.Select(n => n.With(policies: byNamespace[n.Name])), compiled.Snapshot.Nodes), compiled.Options);
        return new(
            policies.ToValueList(),
            observed.Where(f => !after.Decide(Again(after, f)).IsAllowed).Distinct().ToValueList(),
            Besides(after, observed, governed).ToValueList(),
            compiled.Snapshot.Namespaces.Where(n => n.Pods.Count > 0 && !governed.Contains(n.Name)).Select(n => n.Name).ToValueList());
    }

    private static IEnumerable<NetworkPolicy> PoliciesOf(string ns, IReadOnlyCollection<Flow> observed, Workloads workloads)
    {
        yield return new(new(ns, "default-deny"), Selector.Everything, [], []);
        if (workloads.Dns is { } dns)
            yield return new(new(ns, "allow-dns"), Selector.Everything, null, [new([dns], [Port(Protocol.Udp, 53), Port(Protocol.Tcp, 53)])]);
        foreach (var own in observed.SelectMany(f => new[] { f.From, f.To }).Where(e => e.IsGoverned && e.Pod!.Namespace == ns).Select(e => e.Pod!.Workload).Distinct().OrderBy(w => w.Name, StringComparer.Ordinal).ThenBy(w => w.Kind, StringComparer.Ordinal))
        {
            var ingress = Rules(observed.Where(f => f.To.IsGoverned && f.To.Pod!.Workload == own), f => f.From, ns, workloads);
            var egress = Rules(observed.Where(f => f.From.IsGoverned && f.From.Pod!.Workload == own && !workloads.IsByDns(f)), f => f.To, ns, workloads);
            if (ingress.Count + egress.Count > 0)
                yield return new(new(ns, workloads.PolicyName(own)), workloads.SelectorOf(own), ingress.Count > 0 ? ingress : null, egress.Count > 0 ? egress : null);
        }
    }

    /// <summary>One rule for each set of ports: its peers are those that were seen on exactly these.</summary>
    private static ValueList<Rule> Rules(IEnumerable<Flow> flows, Func<Flow, Endpoint> far, string ns, Workloads workloads)
    {
        var traffic = flows.Where(f => !f.From.IsItself(f.To))
            .SelectMany(f => Peers(far(f), ns, workloads).Select(p => (Peer: p, Flow: f)))
            .GroupBy(p => p.Peer, p => p.Flow)
            .Select(g => (Peer: g.Key, Ports: g.Any(f => f.Protocol == Protocol.Icmp) ? [] : g.Select(f => Port(f.Protocol, f.Port)).Distinct().OrderBy(p => p.Protocol).ThenBy(p => p.Ports.First).Select(p => (PortMatch)p).ToValueList()));
        return [.. traffic.GroupBy(t => t.Ports).OrderBy(g => $"{g.Key}", StringComparer.Ordinal).Select(g => new Rule([.. g.Select(t => t.Peer).OrderBy(p => $"{p}", StringComparer.Ordinal)], g.Key))];
    }

    private static IEnumerable<Peer> Peers(Endpoint end, string ns, Workloads workloads) => !end.IsGoverned
        ? end.Addresses.Select(a => new Peer.Network(Cidr.Parse($"{a}/{a.Family.Bits}"), []))
        : end.Pod!.Namespace == ns ? [new Peer.PodsHere(workloads.SelectorOf(end.Pod.Workload))]
        : [new Peer.PodsIn(Selector.Of((NamespaceBlock.NameLabel, end.Pod.Namespace)), workloads.SelectorOf(end.Pod.Workload))];

    private static PortMatch.Numbered Port(Protocol protocol, int port) => new(protocol, new((ushort)port, (ushort)port));

    private static IEnumerable<Unused> Besides(Compiled after, IReadOnlyCollection<Flow> observed, HashSet<string> governed)
    {
        WorkloadNames names = new(after.Snapshot);
        var seen = observed.Where(f => f.From.IsGoverned && f.To.IsGoverned).GroupBy(f => (From: names.Of(f.From.Pod!.Workload), To: names.Of(f.To.Pod!.Workload)))
            .ToDictionary(g => g.Key, g => g.Aggregate(Traffic.None, (all, f) => all.Union(Of(f))));
        var outside = observed.Where(f => !f.From.IsGoverned || !f.To.IsGoverned).ToArray();
        var isGoverned = after.Snapshot.Pods.Where(p => governed.Contains(p.Namespace)).Select(p => names.Of(p.Workload)).ToHashSet();
        foreach (var connection in Reachability.Of(after, Grouping.Workload).Connections().Where(c => isGoverned.Contains(c.From) || isGoverned.Contains(c.To)))
        {
            var used = seen.GetValueOrDefault((connection.From, connection.To), Traffic.None)
                .Union(outside.Where(f => IsIn(f, connection, names)).Aggregate(Traffic.None, (all, f) => all.Union(Of(f))));
            if (connection.Traffic.Except(used) is { IsNone: false } rest)
                yield return new(connection.From, connection.To, rest, connection.OnlyOver);
        }
    }

    // Suggested blocks are single addresses, so that a range is used as a whole or not at all.
    private static bool IsIn(Flow flow, Connection connection, WorkloadNames names) => flow.From.IsGoverned
        ? connection.From == names.Of(flow.From.Pod!.Workload) && flow.To.Addresses.Any(a => connection.To == $"{a}-{a}")
        : flow.To.IsGoverned && connection.To == names.Of(flow.To.Pod!.Workload) && flow.From.Addresses.Any(a => connection.From == $"{a}-{a}");

    private static Traffic Of(Flow flow) => flow.Protocol == Protocol.Icmp ? Traffic.Everything : Traffic.Of(flow.Protocol, PortSet.Of((ushort)flow.Port));

    private static Flow Again(Compiled after, Flow flow) => flow with { From = Again(after, flow.From), To = Again(after, flow.To) };

    private static Endpoint Again(Compiled after, Endpoint end) => end.Pod is { } pod ? after.At(pod.Id)! : end;

    /// <summary>The workloads of a cluster: how a selector finds each, and what its policy is called.</summary>
    private sealed class Workloads(Snapshot snapshot)
    {
        // Labels that say what a workload is, the most telling first.
        private static readonly string[] Telling = ["app.kubernetes.io/name", "app", "k8s-app", "name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "component", "tier", "role"];

        private readonly Dictionary<WorkloadId, Selector> selectors = [];

        /// <summary>The cluster's DNS, by the label that Kubernetes gives it; null where there is none.</summary>
        public Peer? Dns { get; } = snapshot.Find("kube-system")?.Pods.Any(p => p.Labels["k8s-app"] == "kube-dns") == true
            ? new Peer.PodsIn(Selector.Of((NamespaceBlock.NameLabel, "kube-system")), Selector.Of(("k8s-app", "kube-dns")))
            : null;

        public bool IsByDns(Flow flow) => Dns is not null && flow.Protocol is Protocol.Udp or Protocol.Tcp && flow.Port == 53 && flow.To.Pod is { Namespace: "kube-system" } pod && flow.To.IsGoverned && pod.Labels["k8s-app"] == "kube-dns";

        public string PolicyName(WorkloadId workload) => snapshot.Find(workload.Namespace)!.Pods.Any(p => p.Workload.Name == workload.Name && p.Workload != workload)
            ? $"{workload.Name}-{workload.Kind.ToLowerInvariant()}"
            : workload.Name is "default-deny" or "allow-dns" ? $"{workload.Name}-pods" : workload.Name;

        /// <summary>One label that no other workload of the namespace has, else two, else all that its pods share.</summary>
        public Selector SelectorOf(WorkloadId workload)
        {
            if (selectors.TryGetValue(workload, out var known))
                return known;
            var all = snapshot.Find(workload.Namespace)!.Pods.Where(p => !p.UsesHostNetwork).ToArray();
            var mine = all.Where(p => p.Workload == workload).ToArray();
            var shared = mine[0].Labels.Where(l => !WorkloadLabels.IsOfController(l.Key) && mine.All(p => p.Labels[l.Key] == l.Value))
                .OrderBy(l => Array.IndexOf(Telling, l.Key) is >= 0 and var rank ? rank : Telling.Length).ThenBy(l => l.Key, StringComparer.Ordinal).ToArray();
            var choices = shared.Select(l => Selector.Of((l.Key, l.Value)))
                .Concat(shared.SelectMany((l, i) => shared.Skip(i + 1).Select(r => Selector.Of((l.Key, l.Value), (r.Key, r.Value)))));
            return selectors[workload] = choices.FirstOrDefault(s => all.Count(p => s.Selects(p.Labels)) == mine.Length, Selector.Of(shared.Select(l => (l.Key, l.Value))));
        }
    }
}
