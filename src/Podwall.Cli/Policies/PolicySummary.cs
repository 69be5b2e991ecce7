using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Policies;

/// <summary>A policy with what it comes to in this cluster.</summary>
internal sealed record PolicySummary(NetworkPolicy Policy, SourcePosition? Position, ValueList<string> Workloads, int Pods)
{
    /// <summary>Peers in words, with the namespaces that a selector picks now.</summary>
    public required Func<Peer, string> Words { get; init; }

    /// <summary>Rules of a direction that <c>policyTypes</c> leaves without effect.</summary>
    public ValueList<Direction> Inert { get; init; } = [];
}

/// <summary>Makes summaries of the policies of one cluster.</summary>
internal sealed class PolicySummaries(Cluster cluster)
{
    private readonly Snapshot snapshot = cluster.Compiled.Snapshot;
    private readonly WorkloadNames names = new(cluster.Compiled.Snapshot);
    private readonly ILookup<PolicyId, PolicySpec> written = cluster.Manifests.PolicyObjects.ToLookup(p => p.Id, p => p.Policy.Spec);

    public PolicySummary Of(NetworkPolicy policy)
    {
        var pods = snapshot.Find(policy.Id.Namespace)!.Pods.Where(p => !p.UsesHostNetwork && policy.Subject.Selects(p.Labels)).ToArray();
        return new(policy, cluster.Manifests.Sources.Of(policy.Id), [.. pods.Select(p => names.Of(p.Workload)).Distinct()], pods.Length)
        {
            Words = p => PeerWords.Of(p, policy.Id.Namespace, snapshot),
            Inert = [.. new[] { Direction.Ingress, Direction.Egress }.Where(d => !policy.Governs(d) && written[policy.Id].Any(s => s.Rules(d).Count > 0))],
        };
    }
}
