namespace Podwall.Policy;

/// <summary>The neighbours of a value in a discrete order; none at an end, or where runs must not be joined.</summary>
internal interface IOrder<T>
{
    static abstract bool TryNext(T value, out T next);

    static abstract bool TryPrevious(T value, out T previous);
}

/// <summary>Set algebra over canonical lists of runs: sorted, disjoint, and never touching.</summary>
internal static class Intervals<T, TOrder>
    where T : struct, IComparable<T>
    where TOrder : IOrder<T>
{
    internal readonly record struct Run(T First, T Last);

    public static Run[] Canonical(IEnumerable<Run> runs)
    {
        List<Run> merged = [];
        foreach (var run in runs.OrderBy(r => r.First))
        {
            if (merged is [.., var top] && Reaches(top.Last, run.First))
                merged[^1] = new(top.First, Greater(top.Last, run.Last));
            else
                merged.Add(run);
        }

        return [.. merged];
    }

    public static Run[] Intersect(ReadOnlySpan<Run> left, ReadOnlySpan<Run> right)
    {
        List<Run> common = [];
        for (int l = 0, r = 0; l < left.Length && r < right.Length;)
        {
            var first = Greater(left[l].First, right[r].First);
            var last = Lesser(left[l].Last, right[r].Last);
            if (first.CompareTo(last) <= 0)
                common.Add(new(first, last));
            if (left[l].Last.CompareTo(right[r].Last) < 0)
                l++;
            else
                r++;
        }

        return [.. common];
    }

    public static Run[] Except(ReadOnlySpan<Run> from, ReadOnlySpan<Run> removed)
    {
        List<Run> left = [];
        var r = 0;
        foreach (var run in from)
        {
            while (r < removed.Length && removed[r].Last.CompareTo(run.First) < 0)
                r++;
            var first = run.First;
            var open = true;
            for (var hole = r; open && hole < removed.Length && removed[hole].First.CompareTo(run.Last) <= 0; hole++)
            {
                if (removed[hole].First.CompareTo(first) > 0 && TOrder.TryPrevious(removed[hole].First, out var before))
                    left.Add(new(first, before));
                open = removed[hole].Last.CompareTo(run.Last) < 0 && TOrder.TryNext(removed[hole].Last, out first);
            }

            if (open)
                left.Add(new(first, run.Last));
        }

        return [.. left];
    }

    /// <summary>The index of the run that holds the value, or a negative number.</summary>
    public static int Find(ReadOnlySpan<Run> runs, T value)
    {
        int low = 0, high = runs.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (value.CompareTo(runs[middle].First) < 0)
                high = middle - 1;
            else if (value.CompareTo(runs[middle].Last) > 0)
                low = middle + 1;
            else
                return middle;
        }

        return -1;
    }

    private static bool Reaches(T last, T first) =>
        first.CompareTo(last) <= 0 || (TOrder.TryNext(last, out var next) && first.CompareTo(next) <= 0);

    private static T Greater(T left, T right) => left.CompareTo(right) >= 0 ? left : right;

    private static T Lesser(T left, T right) => left.CompareTo(right) <= 0 ? left : right;
}
