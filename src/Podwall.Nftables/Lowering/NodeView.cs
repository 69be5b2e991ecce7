using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>
/// The cluster, compiled as far as one node must know it: every pod is somebody's peer, but policies govern only where the node
/// has pods, or where a pod contends for the address of one. Lowered to that node it comes to the same as the whole cluster.
/// </summary>
public sealed class NodeView(string node)
{
    private Snapshot source = Snapshot.Empty;
    private Compiled? compiled;

    // Namespaces without pods of this node, of whose pods one claims the address of such a pod.
    private HashSet<string> contending = [];

    /// <summary>The next state of the cluster; what did not change is kept.</summary>
    public Compiled Update(Snapshot next)
    {
        var now = Compile(Seen(next, contending));
        // Who contends is known only when all addresses are.
        var rivals = Contending(now);
        if (!rivals.SetEquals(contending))
            now = Compile(Reseen(next, now.Snapshot, rivals));
        (source, contending) = (next, rivals);
        return now;
    }

    private Compiled Compile(Snapshot seen) => compiled = compiled?.Update(seen) ?? Compiled.Compile(seen);

    private Snapshot Seen(Snapshot next, HashSet<string> rivals)
    {
        var before = source.Namespaces.AsSpan();
        var after = next.Namespaces.AsSpan();
        var known = (compiled?.Snapshot ?? Snapshot.Empty).Namespaces.AsSpan();
        var (first, last) = Unchanged.Ends(before, after);
        var seen = new NamespaceBlock[after.Length];
        known[..first].CopyTo(seen);
        known[^last..].CopyTo(seen.AsSpan()[^last..]);
        for (var i = first; i < after.Length - last; i++)
            seen[i] = source.IndexOf(after[i].Name) is >= 0 and var old && ReferenceEquals(before[old], after[i]) ? known[old] : Seen(after[i], rivals);
        return Snapshot.OfSorted(seen.ToValueList(), next.Nodes);
    }

    private NamespaceBlock Seen(NamespaceBlock block, HashSet<string> rivals) => IsHere(block) || rivals.Contains(block.Name) ? block : block.Ungoverned();

    private Snapshot Reseen(Snapshot whole, Snapshot seen, HashSet<string> rivals)
    {
        Dictionary<string, NamespaceBlock?> blocks = [];
        foreach (var name in rivals.Union(contending))
            if (whole.Find(name) is { } block)
                blocks[name] = Seen(block, rivals);
        return seen.WithBlocks(blocks);
    }

    private bool IsHere(NamespaceBlock block)
    {
        foreach (var pod in block.Pods)
            if (pod.Node == node)
                return true;
        return false;
    }

    private HashSet<string> Contending(Compiled now) => !now.HasContestedAddresses ? [] :
        [.. now.Snapshot.Namespaces.Where(IsHere).SelectMany(n => n.Pods).Where(p => p.Node == node).SelectMany(p => p.Addresses).SelectMany(now.ClaimantsOf)
            .Select(p => p.Namespace).Where(n => !IsHere(now.Snapshot.Find(n)!))];
}
