using System.Collections;

namespace Podwall.Policy;

/// <summary>The labels of an object, sorted by key; equal sets are equal values.</summary>
public sealed class Labels : IReadOnlyCollection<KeyValuePair<string, string>>, IEquatable<Labels>
{
    private readonly KeyValuePair<string, string>[] sorted;
    private readonly int hash;

    private Labels(KeyValuePair<string, string>[] sorted)
    {
        this.sorted = sorted;
        var code = new HashCode();
        foreach (var (key, value) in sorted)
        {
            code.Add(key, StringComparer.Ordinal);
            code.Add(value, StringComparer.Ordinal);
        }

        hash = code.ToHashCode();
    }

    public static Labels None { get; } = new([]);

    public int Count => sorted.Length;

    /// <summary>The value of a key, or null where the object lacks it; an empty value is not absent.</summary>
    public string? this[string key]
    {
        get
        {
            int low = 0, high = sorted.Length - 1;
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                var order = string.CompareOrdinal(key, sorted[middle].Key);
                if (order == 0)
                    return sorted[middle].Value;
                (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
            }

            return null;
        }
    }

    /// <summary>Where a key stands twice, the later value holds.</summary>
    public static Labels Of(params IEnumerable<(string Key, string Value)> labels)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in labels)
            sorted[key] = value;
        return sorted.Count == 0 ? None : new([.. sorted]);
    }

    public Labels With(string key, string value) => Of([.. sorted.Select(l => (l.Key, l.Value)), (key, value)]);

    public Labels Without(string key) => Of(sorted.Where(l => l.Key != key).Select(l => (l.Key, l.Value)));

    /// <summary>The labels with the values that a key and value are given; without those that are given none.</summary>
    internal Labels Revalued(Func<string, string, string?> given)
    {
        var (revalued, count, same) = (new KeyValuePair<string, string>[sorted.Length], 0, true);
        foreach (var (key, value) in sorted)
        {
            var next = given(key, value);
            same &= ReferenceEquals(next, value);
            if (next is not null)
                revalued[count++] = new(key, next);
        }

        return same ? this : count == 0 ? None : new(revalued[..count]);
    }

    public bool Equals(Labels? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || hash != other.hash || sorted.Length != other.sorted.Length)
            return false;
        for (var i = 0; i < sorted.Length; i++)
            if (sorted[i].Key != other.sorted[i].Key || sorted[i].Value != other.sorted[i].Value)
                return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Labels);

    public override int GetHashCode() => hash;

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => sorted.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(",", sorted.Select(l => $"{l.Key}={l.Value}"));
}
