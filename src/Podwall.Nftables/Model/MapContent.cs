using Podwall.Nftables.Lowering;

namespace Podwall.Nftables.Model;

/// <summary>
/// What one map should hold, and which of its elements changed since the kernel was last known to hold it. A set's
/// elements have the value 0.
/// </summary>
public sealed class MapContent(MapShape shape)
{
    private readonly Dictionary<ElementKey, ulong> elements = [];
    private readonly ulong seed = Hash.Of(shape.Name);

    // What each changed key held before; null where it held nothing.
    private readonly Dictionary<ElementKey, ulong?> before = [];

    public MapShape Shape { get; } = shape;

    public int Count => elements.Count;

    /// <summary>The hashes of all elements, one over the other.</summary>
    public ulong Digest { get; private set; }

    public IReadOnlyDictionary<ElementKey, ulong> Elements => elements;

    public ulong? this[ElementKey key] => elements.TryGetValue(key, out var value) ? value : null;

    public void Set(ElementKey key, ulong value = 0)
    {
        ulong? old = elements.TryGetValue(key, out var held) ? held : null;
        if (old == value)
            return;
        before.TryAdd(key, old);
        elements[key] = value;
        Digest ^= Hashed(key, value) ^ (old is { } gone ? Hashed(key, gone) : 0);
    }

    public void Remove(ElementKey key)
    {
        if (!elements.Remove(key, out var held))
            return;
        before.TryAdd(key, held);
        Digest ^= Hashed(key, held);
    }

    /// <summary>Makes the map hold exactly these elements.</summary>
    public void Replace(IReadOnlyDictionary<ElementKey, ulong> wanted)
    {
        List<ElementKey> gone = [];
        foreach (var key in elements.Keys)
            if (!wanted.ContainsKey(key))
                gone.Add(key);
        foreach (var key in gone)
            Remove(key);
        foreach (var (key, value) in wanted)
            Set(key, value);
    }

    /// <summary>What brings the kernel from what it last held to what it should hold; null where nothing changed.</summary>
    public MapDelta? Pending()
    {
        if (before.Count == 0)
            return null;
        List<Element> removed = [], added = [];
        foreach (var (key, old) in before)
        {
            var now = this[key];
            if (now == old)
                continue;
            if (old is { } gone)
                removed.Add(new(key, gone));
            if (now is { } come)
                added.Add(new(key, come));
        }

        return removed.Count + added.Count == 0 ? null : new(Shape, removed, added);
    }

    /// <summary>What brings the kernel from the elements that it holds to those that it should hold.</summary>
    public MapDelta? From(IReadOnlyDictionary<ElementKey, ulong> actual)
    {
        List<Element> removed = [], added = [];
        foreach (var (key, value) in actual)
            if (this[key] != value)
                removed.Add(new(key, value));
        foreach (var (key, value) in elements)
            if (!actual.TryGetValue(key, out var held) || held != value)
                added.Add(new(key, value));
        return removed.Count + added.Count == 0 ? null : new(Shape, removed, added);
    }

    private ulong Hashed(ElementKey key, ulong value) => Hash.Of(seed, key, value);

    /// <summary>The kernel holds what it should.</summary>
    public void Committed() => before.Clear();
}

public readonly record struct Element(ElementKey Key, ulong Value);

/// <summary>Edits of one map; a changed value is removed and added.</summary>
public sealed record MapDelta(MapShape Shape, IReadOnlyList<Element> Removed, IReadOnlyList<Element> Added)
{
    public int Count => Removed.Count + Added.Count;
}
