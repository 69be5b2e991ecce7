using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Kubernetes.Following;

/// <summary>
/// The cluster as it was last told, one block a namespace. Only blocks that changed are made anew, so that whoever compiles
/// the snapshot keeps what the others came to. Owned by one loop.
/// </summary>
internal sealed class ClusterState
{
    private readonly Dictionary<string, NamespaceState> namespaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> nodes = new(StringComparer.Ordinal);
    private bool areNodesChanged;
    private Snapshot snapshot = Snapshot.Empty;

    /// <summary>The kinds that were read in full at least once.</summary>
    public HashSet<ResourceType> Read { get; } = [];

    /// <summary>The snapshot of all that was put in.</summary>
    public Snapshot Take()
    {
        if (areNodesChanged || changed.Count > 0)
            snapshot = Rebuild();
        areNodesChanged = false;
        changed.Clear();
        return snapshot;
    }

    public void PutNode(Node node) => areNodesChanged |= Put(nodes, node.Name, node);

    public void RemoveNode(string name) => areNodesChanged |= nodes.Remove(name);

    public void PutNamespace(string name, Labels labels)
    {
        var state = Of(name);
        if (labels.Equals(state.Labels))
            return;
        state.Labels = labels;
        changed.Add(name);
    }

    public void RemoveNamespace(string name)
    {
        if (!namespaces.TryGetValue(name, out var state) || state.Labels is null)
            return;
        state.Labels = null;
        changed.Add(name);
    }

    public void PutPod(Pod pod) => Mark(pod.Namespace, Put(Of(pod.Namespace).Pods, pod.Id.Name, pod));

    public void RemovePod(ObjectKey key) => Mark(key.Namespace, namespaces.TryGetValue(key.Namespace, out var state) && state.Pods.Remove(key.Name));

    public void PutPolicy(NetworkPolicy policy) => Mark(policy.Id.Namespace, Put(Of(policy.Id.Namespace).Policies, policy.Id.Name, policy));

    public void RemovePolicy(ObjectKey key) => Mark(key.Namespace, namespaces.TryGetValue(key.Namespace, out var state) && state.Policies.Remove(key.Name));

    public IEnumerable<string> NodeNames => nodes.Keys;

    public IEnumerable<string> NamespaceNames => namespaces.Where(n => n.Value.Labels is not null).Select(n => n.Key);

    public IEnumerable<ObjectKey> PodKeys => namespaces.SelectMany(n => n.Value.Pods.Keys.Select(p => new ObjectKey(n.Key, p)));

    public IEnumerable<ObjectKey> PolicyKeys => namespaces.SelectMany(n => n.Value.Policies.Keys.Select(p => new ObjectKey(n.Key, p)));

    // Most updates repeat what is known (a heartbeat, a condition): those change nothing here.
    private static bool Put<T>(Dictionary<string, T> all, string name, T value)
    {
        if (all.TryGetValue(name, out var known) && EqualityComparer<T>.Default.Equals(known, value))
            return false;
        all[name] = value;
        return true;
    }

    private void Mark(string ns, bool isChanged)
    {
        if (isChanged)
            changed.Add(ns);
    }

    private NamespaceState Of(string name)
    {
        if (!namespaces.TryGetValue(name, out var state))
            namespaces[name] = state = new();
        return state;
    }

    private Snapshot Rebuild()
    {
        Dictionary<string, NamespaceBlock?> blocks = [];
        foreach (var name in changed)
        {
            var state = namespaces[name];
            if (state.IsGone)
                namespaces.Remove(name);
            blocks[name] = state.IsGone ? null : state.Build(name);
        }

        var next = snapshot.WithBlocks(blocks);
        return areNodesChanged ? next.WithNodes(nodes.Values) : next;
    }

    private sealed class NamespaceState
    {
        /// <summary>Null while no object declares the namespace.</summary>
        public Labels? Labels { get; set; }

        public Dictionary<string, Pod> Pods { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, NetworkPolicy> Policies { get; } = new(StringComparer.Ordinal);

        public bool IsGone => Labels is null && Pods.Count == 0 && Policies.Count == 0;

        public NamespaceBlock Build(string name) =>
            new(name, Labels ?? Policy.Labels.None, Pods.Values, Policies.Values) { IsDeclared = Labels is not null };
    }
}
