namespace Podwall.Policy.Reporting;

/// <summary>
/// What is found in a live cluster by facts alone, namespace by namespace; whether a policy is well written is another
/// question.
/// </summary>
public sealed class ClusterFindings
{
    private readonly Snapshot snapshot;

    private ClusterFindings(Snapshot snapshot) => this.snapshot = snapshot;

    /// <summary>All findings, in the order of the snapshot.</summary>
    public static IEnumerable<ClusterFinding> Of(Snapshot snapshot)
    {
        ClusterFindings findings = new(snapshot);
        return [.. findings.OfPods(), .. snapshot.Namespaces.SelectMany(b => b.Policies.SelectMany(p => findings.OfPolicy(b, p)))];
    }

    private IEnumerable<ClusterFinding> OfPods()
    {
        var nodes = snapshot.Nodes.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        Dictionary<Address, Pod> owners = [];
        foreach (var pod in snapshot.Pods)
        {
            foreach (var fault in pod.Faults.AsEnumerable())
                yield return About(pod, FindingReasons.Unreadable, $"{fault}; policies see the pod without it");
            // Without the right to read nodes nothing is known of them.
            if (pod.Node is { } node && nodes.Count > 0 && !nodes.Contains(node))
                yield return About(pod, FindingReasons.NodeUnknown, $"it runs on {node}, which is no node of the cluster; nobody enforces its policies");
            if (pod.UsesHostNetwork || pod.IsTerminating)
                continue;
            foreach (var address in pod.Addresses.AsEnumerable())
                if (!owners.TryAdd(address, pod))
                    yield return About(pod, FindingReasons.AddressShared, $"{address} is also the address of {owners[address]}; only what both may do is allowed");
        }
    }

    private IEnumerable<ClusterFinding> OfPolicy(NamespaceBlock block, NetworkPolicy policy)
    {
        foreach (var fault in policy.Faults.AsEnumerable())
            yield return About(policy, FindingReasons.Unreadable, $"{fault}; that part of the policy allows nothing");
        var matching = block.Pods.Where(p => policy.Subject.Selects(p.Labels)).ToList();
        var subjects = matching.Where(p => !p.UsesHostNetwork).ToList();
        if (subjects.Count == 0)
        {
            yield return About(policy, FindingReasons.SelectsNoPod, matching.Count == 0
                ? $"podSelector {policy.Subject} selects no pod of the namespace; the policy does nothing"
                : $"podSelector {policy.Subject} selects only pods of the host's network, which no policy governs");
            yield break;
        }

        foreach (var (direction, index, rule) in RulesOf(policy))
            foreach (var port in rule.Ports.OfType<PortMatch.Named>())
                if (!Destinations(block, subjects, direction, rule).Any(p => !port.In(p.Ports).IsEmpty))
                    yield return About(policy, FindingReasons.PortNameUnknown,
                        $"{direction.ToString().ToLowerInvariant()}[{index}] names the port {port}, which no pod that it could reach has; it allows nothing there");
    }

    private static IEnumerable<(Direction Direction, int Index, Rule Rule)> RulesOf(NetworkPolicy policy) =>
        new[] { Direction.Ingress, Direction.Egress }.SelectMany(d => (policy.Rules(d) ?? []).Select((rule, i) => (d, i, rule)));

    // A port is always the destination's own.
    private IEnumerable<Pod> Destinations(NamespaceBlock block, IEnumerable<Pod> subjects, Direction direction, Rule rule) => direction == Direction.Ingress
        ? subjects
        : (rule.AnyPeer ? snapshot.Pods : rule.Peers.SelectMany(p => PodsOf(block, p))).Where(p => !p.UsesHostNetwork);

    private IEnumerable<Pod> PodsOf(NamespaceBlock block, Peer peer) => peer switch
    {
        Peer.PodsHere here => block.Pods.Where(p => here.Pods.Selects(p.Labels)),
        Peer.PodsIn there => snapshot.Namespaces.Where(n => there.Namespaces.Selects(n.Labels)).SelectMany(n => n.Pods).Where(p => there.Pods.Selects(p.Labels)),
        // A name is nobody's among bare addresses.
        _ => [],
    };

    private static ClusterFinding About(Pod pod, string reason, string message) => new(reason, "Pod", pod.Namespace, pod.Id.Name, message);

    private static ClusterFinding About(NetworkPolicy policy, string reason, string message) => new(reason, "NetworkPolicy", policy.Id.Namespace, policy.Id.Name, message);
}
