using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>Deals pods out to nodes in turn, so that a namespace is spread, and gives each an address of its node's own /24.</summary>
public sealed class Placement(int nodes)
{
    /// <summary>As many addresses as a node's /24 has for pods.</summary>
    public const int MostPodsPerNode = 250;

    private int dealt;

    public static int NodesFor(int pods, int podsPerNode) => Math.Max(1, pods / podsPerNode);

    public static string NodeName(int node) => $"node-{node}";

    public (string Node, Address Address) Next()
    {
        var (slot, node) = Math.DivRem(dealt++, nodes);
        return (NodeName(node), Address.Parse($"{Prefix(node)}.{2 + slot}"));
    }

    public IEnumerable<Node> Nodes() => Enumerable.Range(0, nodes).Select(n => new Node(
        NodeName(n),
        Labels.Of(("kubernetes.io/hostname", NodeName(n)), ("kubernetes.io/os", "linux"), ("topology.kubernetes.io/zone", $"zone-{n % 3}")),
        [Address.Parse($"172.20.{n / 250}.{1 + n % 250}")],
        [Cidr.Parse($"{Prefix(n)}.0/24")]));

    private static string Prefix(int node) => $"10.{16 + node / 256}.{node % 256}";
}
