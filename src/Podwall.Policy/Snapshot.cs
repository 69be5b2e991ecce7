namespace Podwall.Policy;

/// <summary>The cluster at one revision: one block per namespace, sorted by name, and the nodes.</summary>
public sealed class Snapshot
{
    public Snapshot(IEnumerable<NamespaceBlock> namespaces, IEnumerable<Node> nodes)
        : this(namespaces.OrderBy(n => n.Name, StringComparer.Ordinal).ToValueList(), nodes.OrderBy(n => n.Name, StringComparer.Ordinal).ToValueList())
    {
        for (var i = 1; i < Namespaces.Count; i++)
            if (Namespaces[i].Name == Namespaces[i - 1].Name)
                throw new ArgumentException($"There are two blocks for {Namespaces[i]}.", nameof(namespaces));
    }

    private Snapshot(ValueList<NamespaceBlock> namespaces, ValueList<Node> nodes) => (Namespaces, Nodes) = (namespaces, nodes);

    public static Snapshot Empty { get; } = new([], []);

    /// <summary>Of blocks that are sorted, and no two of which have one name.</summary>
    internal static Snapshot OfSorted(ValueList<NamespaceBlock> namespaces, ValueList<Node> nodes) => new(namespaces, nodes);

    public ValueList<NamespaceBlock> Namespaces { get; }

    public ValueList<Node> Nodes { get; }

    public IEnumerable<Pod> Pods => Namespaces.SelectMany(n => n.Pods);

    public IEnumerable<NetworkPolicy> Policies => Namespaces.SelectMany(n => n.Policies);

    public NamespaceBlock? Find(string name) => IndexOf(name) is >= 0 and var index ? Namespaces[index] : null;

    public Pod? Find(PodId id) => Find(id.Namespace)?.Find(id);

    /// <summary>The value of a label that the pod has, or else its namespace; null where neither has it.</summary>
    public string? LabelOf(Pod pod, string key) => pod.Labels[key] ?? Find(pod.Namespace)?.Labels[key];

    public NetworkPolicy? Find(PolicyId id) => Find(id.Namespace)?.FindPolicy(id.Name);

    /// <summary>The same cluster with one block put in, in place of the one of the same name if there is one.</summary>
    public Snapshot With(NamespaceBlock block)
    {
        var index = IndexOf(block.Name);
        var all = Namespaces.AsSpan();
        ValueList<NamespaceBlock> next = index >= 0 ? [.. all[..index], block, .. all[(index + 1)..]] : [.. all[..~index], block, .. all[~index..]];
        return new(next, Nodes);
    }

    /// <summary>The same cluster with many blocks put in or taken away at once, each by its name; null takes away.</summary>
    public Snapshot WithBlocks(IReadOnlyDictionary<string, NamespaceBlock?> blocks)
    {
        var next = new List<NamespaceBlock>(Namespaces.Count + blocks.Count);
        var kept = 0;
        foreach (var (name, block) in blocks.OrderBy(b => b.Key, StringComparer.Ordinal))
        {
            var index = IndexOf(name);
            next.AddRange(Namespaces.AsSpan()[kept..(index >= 0 ? index : ~index)]);
            kept = index >= 0 ? index + 1 : ~index;
            if (block is not null)
                next.Add(block);
        }

        next.AddRange(Namespaces.AsSpan()[kept..]);
        return new([.. next], Nodes);
    }

    /// <summary>The same namespaces with other nodes.</summary>
    public Snapshot WithNodes(IEnumerable<Node> nodes) => new(Namespaces, nodes.OrderBy(n => n.Name, StringComparer.Ordinal).ToValueList());

    /// <summary>The same cluster, with the very blocks of an earlier snapshot where they say the same: <see cref="Compiled.Update"/> knows those by sight.</summary>
    public Snapshot Keeping(Snapshot earlier) =>
        new(Namespaces.Select(n => earlier.Find(n.Name) is { } known && known.IsDeclared == n.IsDeclared && known.Means(n) ? known : n).ToValueList(), Nodes);

    /// <summary>Where a namespace stands among <see cref="Namespaces"/>, or the complement of where it would stand.</summary>
    internal int IndexOf(string name)
    {
        int low = 0, high = Namespaces.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(name, Namespaces[middle].Name);
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return ~low;
    }
}
