using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Follows owner references to the top, as far as the owners are in the input.</summary>
internal sealed class Owners
{
    // Real chains are two long; more is a loop.
    private const int LongestChain = 16;

    // Null for a workload that nothing owns.
    private readonly Dictionary<WorkloadId, WorkloadId?> known = [];

    public void Add(WorkloadId id, ObjectMeta meta) => Add(id, DirectOwner(id.Namespace, meta));

    public void Add(WorkloadId id, WorkloadId? owner) => known[id] = owner;

    public bool Knows(WorkloadId id) => known.ContainsKey(id);

    /// <summary>The top owner; an object that no other owns is its own.</summary>
    public WorkloadId TopOf(WorkloadId id) => ChainOf(id).LastOrDefault() ?? id;

    /// <summary>The owners, nearest first; the last may be one that is not in the input.</summary>
    public IEnumerable<WorkloadId> ChainOf(WorkloadId id)
    {
        var last = id;
        for (var step = 0; step < LongestChain && known.GetValueOrDefault(last) is { } owner && owner != id; step++)
            yield return last = owner;
    }

    /// <summary>
    /// The controller among the owners, else the first. A node owns static pods without running them as a workload; an
    /// owner without a kind is shown as a pod.
    /// </summary>
    private static WorkloadId? DirectOwner(string ns, ObjectMeta meta)
    {
        var owner = meta.OwnerReferences.FirstOrDefault(o => o.IsController) ?? (meta.OwnerReferences.Count > 0 ? meta.OwnerReferences[0] : null);
        return owner is null or { Kind: "Node" } or { Name: "" } ? null : new(ns, owner.Kind.Length == 0 ? "Pod" : owner.Kind, owner.Name);
    }
}
