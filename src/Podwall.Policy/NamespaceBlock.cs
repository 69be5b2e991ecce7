namespace Podwall.Policy;

/// <summary>
/// A namespace and everything in it. Blocks are immutable and replaced by reference, so that each stage can keep what an
/// unchanged block produced.
/// </summary>
public sealed class NamespaceBlock
{
    /// <summary>The label that every namespace carries, whatever its manifest says.</summary>
    public const string NameLabel = "kubernetes.io/metadata.name";

    public NamespaceBlock(string name, Labels labels, IEnumerable<Pod> pods, IEnumerable<NetworkPolicy> policies)
    {
        Name = name;
        Labels = labels.With(NameLabel, name);
        Pods = pods.OrderBy(p => p.Id.Name, StringComparer.Ordinal).ToValueList();
        Policies = policies.OrderBy(p => p.Id.Name, StringComparer.Ordinal).ToValueList();
    }

    private NamespaceBlock(NamespaceBlock like, Labels labels, ValueList<NetworkPolicy> policies) =>
        (Name, Labels, Pods, Policies, IsDeclared) = (like.Name, labels, like.Pods, policies, like.IsDeclared);

    public string Name { get; }

    public Labels Labels { get; }

    /// <summary>False where no object declares the namespace: its other labels are then assumed to be none.</summary>
    public bool IsDeclared { get; init; } = true;

    /// <summary>Sorted by name.</summary>
    public ValueList<Pod> Pods { get; }

    /// <summary>Sorted by name.</summary>
    public ValueList<NetworkPolicy> Policies { get; }

    public Pod? Find(PodId id) => IndexOf(id) is >= 0 and var index ? Pods[index] : null;

    /// <summary>Where the pod stands among <see cref="Pods"/>, or a negative number.</summary>
    internal int IndexOf(PodId id)
    {
        int low = 0, high = Pods.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(id.Name, Pods[middle].Id.Name);
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return -1;
    }

    /// <summary>The first policy of a name.</summary>
    internal NetworkPolicy? FindPolicy(string name)
    {
        int low = 0, high = Policies.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = string.CompareOrdinal(Policies[middle].Id.Name, name) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low < Policies.Count && Policies[low].Id.Name == name ? Policies[low] : null;
    }

    /// <summary>Whether a policy could not tell the two blocks apart: the same object, or the same content read twice.</summary>
    internal bool Means(NamespaceBlock other) => ReferenceEquals(this, other)
        || (Name == other.Name && Labels.Equals(other.Labels) && Pods == other.Pods && Policies == other.Policies);

    public NamespaceBlock With(Labels? labels = null, IEnumerable<Pod>? pods = null, IEnumerable<NetworkPolicy>? policies = null) =>
        new(Name, labels ?? Labels, pods ?? Pods, policies ?? Policies) { IsDeclared = IsDeclared };

    /// <summary>The same pods, with nothing that governs them.</summary>
    internal NamespaceBlock Ungoverned() => Policies.Count == 0 ? this : new(this, Labels, []);

    /// <summary>A namespace to reason with, whose labels may give it another name than it has here.</summary>
    internal static NamespaceBlock Imagined(string name, Labels labels, IEnumerable<Pod> pods) => new(new NamespaceBlock(name, labels, pods, []), labels, []);

    public override string ToString() => Name;
}
