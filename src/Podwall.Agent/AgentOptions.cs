using Podwall.Nftables.Lowering;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>What an agent is told about its node.</summary>
public sealed record AgentOptions(string NodeName)
{
    /// <summary>Where this node's pods get their addresses; empty for what the Node object says (<c>spec.podCIDRs</c>).</summary>
    public ValueList<Cidr> PodRanges { get; init; } = [];

    /// <summary>The interfaces behind which pods are, such as <c>veth*</c> or <c>cni0</c>.</summary>
    public ValueList<string> PodInterfaces { get; init; } = [];

    /// <summary>The families that pods use; of another they get and send nothing.</summary>
    public ValueList<IpFamily> Families { get; init; } = [.. IpFamily.Both];

    /// <summary>How often the kernel is looked at, whatever happens.</summary>
    public TimeSpan Resync { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is known of the node by these options and by the cluster.</summary>
    public NodeFacts FactsOf(Snapshot snapshot) =>
        new(NodeName, PodRanges.Count > 0 ? PodRanges : snapshot.Nodes.FirstOrDefault(n => n.Name == NodeName)?.PodCidrs ?? [], PodInterfaces) { Families = Families };

    /// <summary>Whether an interface has a name, of which a <c>*</c> at the end stands for any rest.</summary>
    public static bool Matches(string pattern, string name) => pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == name;

    public bool TellsPodsApart => PodRanges.Count > 0 || PodInterfaces.Count > 0;
}
