using Podwall.Policy;

namespace Podwall.Nftables.Lowering;

/// <summary>What is known of the node itself, and how its pods are told from everything else.</summary>
/// <param name="Name">The node's name in the API (<c>spec.nodeName</c> of its pods).</param>
/// <param name="PodRanges">Where pods of this node get their addresses; nothing else may live there.</param>
/// <param name="PodInterfaces">Names of the interfaces behind which pods are; a <c>*</c> at the end stands for any rest.</param>
public sealed record NodeFacts(string Name, ValueList<Cidr> PodRanges, ValueList<string> PodInterfaces)
{
    /// <summary>The families that pods of this node use; with addresses of another nothing reaches or leaves them.</summary>
    public ValueList<IpFamily> Families { get; init; } = [.. IpFamily.Both];
}
