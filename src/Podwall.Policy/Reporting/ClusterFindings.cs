using Podwall.Policy.Linting;
using Podwall.Policy.Linting.Rules;

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
        if (SubjectMatchesNothing.Why(block, policy) is { } idle)
        {
            yield return About(policy, FindingReasons.SelectsNoPod, idle);
            yield break;
        }

        foreach (var unknown in PortNameUnknown.Unknown(snapshot, block, policy))
            yield return About(policy, FindingReasons.PortNameUnknown,
                $"{unknown.Id.Direction.Word()}[{unknown.Id.Index}] names the port {unknown.Port}, which no pod that it could reach has; it allows nothing there");
    }

    private static ClusterFinding About(Pod pod, string reason, string message) => new(reason, "Pod", pod.Namespace, pod.Id.Name, message);

    private static ClusterFinding About(NetworkPolicy policy, string reason, string message) => new(reason, "NetworkPolicy", policy.Id.Namespace, policy.Id.Name, message);
}
