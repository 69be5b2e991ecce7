using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>A cluster of the standard list, and the node whose pods count as local.</summary>
public sealed record Workload(string Name, Snapshot Snapshot, string LocalNode)
{
    public static ValueList<string> Names { get; } = ["W-S", "W", "W-L", "W-150k", "W-XL", "W-1", "W-CAL", "W-RH", "W-MESH", "W-CIDR"];

    /// <summary>The workload of a name: the same seed gives the same cluster, on every machine.</summary>
    public static Workload Of(string name, int seed = 1) => new(name, Build(name, new Random(seed)), Placement.NodeName(0));

    /// <summary>A cluster like W of another size; one of W's own size is W.</summary>
    public static Workload Of(ClusterSize size, int seed = 1)
    {
        // In W a policy in eleven belongs to the lock-down of a namespace, two in each.
        var locked = Math.Min(TeamCluster.MostLocked(size.Namespaces), size.Policies / 22);
        var cluster = new TeamCluster(new Random(seed), size.Namespaces, size.Pods, size.Policies - 2 * locked) { LockedNamespaces = locked, Nodes = size.Nodes };
        return new("custom", cluster.Build(), Placement.NodeName(0));
    }

    private static Snapshot Build(string name, Random random) => name switch
    {
        "W-S" => new TeamCluster(random, Namespaces: 50, Pods: 1_000, AppPolicies: 200).Build(),
        "W" => new TeamCluster(random, Namespaces: 500, Pods: 10_000, AppPolicies: 2_000).Build(),
        "W-L" => new TeamCluster(random, Namespaces: 5_000, Pods: 100_000, AppPolicies: 20_000).Build(),
        "W-150k" => new TeamCluster(random, Namespaces: 7_500, Pods: 150_000, AppPolicies: 30_000).Build(),
        "W-XL" => new TeamCluster(random, Namespaces: 25_000, Pods: 100_000, AppPolicies: 75_000).Build(),
        "W-1" => SpecialClusters.OneNamespace(random, pods: 10_000, policies: 10_000),
        "W-CAL" => SpecialClusters.ExistsRules(random, namespaces: 250, podsEach: 1_000, policiesEach: 40),
        "W-RH" => new RichRules(random).Build(namespaces: 240, podsEach: 10, policiesEach: 20),
        "W-MESH" => SpecialClusters.Mesh(pods: 35_000),
        "W-CIDR" => SpecialClusters.Blocks(random, blocks: 100_000, exceptions: 1_000),
        _ => throw new ArgumentOutOfRangeException(nameof(name), $"{name} is no workload; there are {string.Join(", ", Names)}."),
    };

    public override string ToString() =>
        $"{Name}: {Snapshot.Namespaces.Count} namespaces, {Snapshot.Pods.Count()} pods, {Snapshot.Policies.Count()} policies, {Snapshot.Nodes.Count} nodes";
}
