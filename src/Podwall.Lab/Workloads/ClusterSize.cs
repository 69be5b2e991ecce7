namespace Podwall.Lab.Workloads;

/// <summary>How much of everything a cluster has.</summary>
public sealed record ClusterSize(int Pods, int Nodes, int Namespaces, int Policies)
{
    /// <summary>The proportions of W; what is not given follows from the pods.</summary>
    public static ClusterSize Like(int pods, int? nodes = null, int? namespaces = null, int? policies = null)
    {
        var inTwenties = namespaces ?? Math.Max(1, pods / 20);
        return new(pods, nodes ?? (pods + 99) / 100, inTwenties, policies ?? 4 * inTwenties + 2 * TeamCluster.MostLocked(inTwenties));
    }

    /// <summary>So many nodes hold all pods.</summary>
    public int FewestNodes => (Pods + Placement.MostPodsPerNode - 1) / Placement.MostPodsPerNode;
}
