using Podwall.Nftables.Kernel;
using Podwall.Nftables.Lowering;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>The measured node: the first that the placement dealt pods to.</summary>
internal sealed class KernelNode : IDisposable
{
    public KernelNode(Snapshot snapshot)
    {
        Snapshot = snapshot;
        Node = snapshot.Nodes[0];
        (View, Lowered) = (new(Node.Name), New());
    }

    public Snapshot Snapshot { get; }

    public Node Node { get; }

    public NodeView View { get; private set; }

    public Lowered Lowered { get; private set; }

    public KernelTable Table { get; } = new();

    public Lowered New() => new(new(Node.Name, Node.PodCidrs, ["pod*"]));

    /// <summary>From a snapshot to the kernel with nothing known before.</summary>
    public void Compute(Snapshot snapshot)
    {
        (View, Lowered) = (new(Node.Name), New());
        Lowered.Update(View.Update(snapshot));
    }

    /// <summary>The kernel must hold what was lowered, or a figure means nothing.</summary>
    public void Check()
    {
        if (!Table.IsWhole())
            throw new InvalidOperationException("The kernel holds another program than was loaded.");
        if (Table.Differences(Lowered.Contents) is { Count: > 0 } differences)
            throw new InvalidOperationException($"The kernel holds something else than was loaded: {string.Join("; ", differences.Select(d => $"{d.Shape.Name}: {d.Added.Count} missing, {d.Removed.Count} too many"))}");
    }

    public void Dispose() => Table.Dispose();
}
