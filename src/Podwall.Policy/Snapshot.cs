namespace Podwall.Policy;

/// <summary>The cluster at one revision: one block per namespace, sorted by name, and the nodes.</summary>
public sealed class Snapshot
{
    private readonly Dictionary<string, NamespaceBlock> byName;

    public Snapshot(IEnumerable<NamespaceBlock> namespaces, IEnumerable<Node> nodes)
    {
        Namespaces = namespaces.OrderBy(n => n.Name, StringComparer.Ordinal).ToValueList();
        Nodes = nodes.OrderBy(n => n.Name, StringComparer.Ordinal).ToValueList();
        byName = Namespaces.ToDictionary(n => n.Name, StringComparer.Ordinal);
    }

    public static Snapshot Empty { get; } = new([], []);

    public ValueList<NamespaceBlock> Namespaces { get; }

    public ValueList<Node> Nodes { get; }

    public IEnumerable<Pod> Pods => Namespaces.SelectMany(n => n.Pods);

    public IEnumerable<NetworkPolicy> Policies => Namespaces.SelectMany(n => n.Policies);

    public NamespaceBlock? Find(string name) => byName.GetValueOrDefault(name);

    public Pod? Find(PodId id) => Find(id.Namespace)?.Find(id);

    public NetworkPolicy? Find(PolicyId id) => Find(id.Namespace)?.Policies.FirstOrDefault(p => p.Id == id);

    /// <summary>The same cluster with one block put in, in place of the one of the same name if there is one.</summary>
    public Snapshot With(NamespaceBlock block) => new(Namespaces.Where(n => n.Name != block.Name).Append(block), Nodes);
}
