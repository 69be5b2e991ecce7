using System.Diagnostics.CodeAnalysis;

namespace Podwall.Kubernetes.Following;

/// <summary>
/// Shares equal values that come again and again, without holding those that do not: what was not seen for a whole
/// generation is forgotten, so that years of churn cost no memory.
/// </summary>
internal sealed class Recent<T>(int capacity) where T : notnull
{
    private HashSet<T> young = [];
    private HashSet<T> old = [];

    public T Share(T value)
    {
        if (young.TryGetValue(value, out var known))
            return known;
        if (!old.TryGetValue(value, out known))
            known = value;
        if (young.Count == capacity)
            (old, young) = (young, []);
        young.Add(known);
        return known;
    }
}

/// <summary>As <see cref="Recent{T}"/>, for what is found by the bytes or characters that it was read from.</summary>
internal sealed class RecentByText<TKey, TUnit, TValue>(int capacity, IEqualityComparer<TKey> comparer)
    where TKey : notnull
    where TUnit : unmanaged
{
    private Dictionary<TKey, TValue> young = new(comparer);
    private Dictionary<TKey, TValue> old = new(comparer);

    public bool TryGet(ReadOnlySpan<TUnit> text, [MaybeNullWhen(false)] out TValue value)
    {
        if (young.GetAlternateLookup<ReadOnlySpan<TUnit>>().TryGetValue(text, out value))
            return true;
        if (!old.GetAlternateLookup<ReadOnlySpan<TUnit>>().TryGetValue(text, out value))
            return false;
        Add(text, value);
        return true;
    }

    public void Add(ReadOnlySpan<TUnit> text, TValue value)
    {
        if (young.Count == capacity)
            (old, young) = (young, new(comparer));
        young.GetAlternateLookup<ReadOnlySpan<TUnit>>()[text] = value;
    }
}
