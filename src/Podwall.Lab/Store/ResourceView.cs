using System.Collections.Immutable;

namespace Podwall.Lab.Store;

/// <summary>All objects of a kind at one version, in their order, and the number of the event that would come next.</summary>
public sealed record ResourceView(ImmutableList<StoredObject> Objects, ulong Version, long NextEvent)
{
    private static readonly Comparer<StoredObject> ByName = Comparer<StoredObject>.Create((x, y) => x.Name.CompareTo(y.Name));

    public StoredObject? Find(ObjectName name) => IndexOf(Objects, name) is >= 0 and var index ? Objects[index] : null;

    /// <summary>Those of a namespace, or of all where it is null, from a name on.</summary>
    public IEnumerable<StoredObject> From(string? ns, ObjectName? start = null)
    {
        if (ns is null && start is null)
            return Objects;
        var first = IndexOf(Objects, start ?? new(ns!, ""));
        return Range(first >= 0 ? first : ~first, ns);
    }

    private IEnumerable<StoredObject> Range(int index, string? ns)
    {
        for (; index < Objects.Count && Objects[index] is var item && (ns is null || item.Name.Namespace == ns); index++)
            yield return item;
    }

    internal static int IndexOf(ImmutableList<StoredObject> objects, ObjectName name) =>
        objects.BinarySearch(new StoredObject(name, 0, default, Policy.Labels.None), ByName);
}
