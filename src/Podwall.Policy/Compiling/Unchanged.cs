namespace Podwall.Policy.Compiling;

/// <summary>What two sorted lists have in common, where most updates change one element of thousands.</summary>
internal static class Unchanged
{
    /// <summary>How many elements at the start and, of the rest, at the end are the same objects in both.</summary>
    public static (int First, int Last) Ends<T>(ReadOnlySpan<T> before, ReadOnlySpan<T> after)
        where T : class
    {
        var (first, last, least) = (0, 0, Math.Min(before.Length, after.Length));
        while (first < least && ReferenceEquals(before[first], after[first]))
            first++;
        while (last < least - first && ReferenceEquals(before[^(last + 1)], after[^(last + 1)]))
            last++;
        return (first, last);
    }
}
