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

    /// <summary>Merges two canonical lists; gives back one of them where it holds the other.</summary>
    public static Run[] Union(Run[] left, Run[] right)
    {
        if (ReferenceEquals(left, right) || right.Length == 0)
            return left;
        if (left.Length == 0)
            return right;
        var (merged, n) = (new Run[left.Length + right.Length], 0);
        for (int l = 0, r = 0; l < left.Length || r < right.Length;)
        {
            var run = r == right.Length || (l < left.Length && left[l].First.CompareTo(right[r].First) <= 0) ? left[l++] : right[r++];
            if (n > 0 && Reaches(merged[n - 1].Last, run.First))
                merged[n - 1] = new(merged[n - 1].First, Greater(merged[n - 1].Last, run.Last));
            else
                merged[n++] = run;
        }

        return OneOf(left, right, merged.AsSpan(0, n));
    }

    /// <summary>What two canonical lists share; gives back one of them where the other holds it.</summary>
    public static Run[] Intersect(Run[] left, Run[] right)
    {
        var (common, n) = (new Run[left.Length + right.Length], 0);
        for (int l = 0, r = 0; l < left.Length && r < right.Length;)
        {
            var first = Greater(left[l].First, right[r].First);
            var last = Lesser(left[l].Last, right[r].Last);
            if (first.CompareTo(last) <= 0)
                common[n++] = new(first, last);
            if (left[l].Last.CompareTo(right[r].Last) < 0)
                l++;
            else
                r++;
        }

        return OneOf(left, right, common.AsSpan(0, n));
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

    private static Run[] OneOf(Run[] left, Run[] right, ReadOnlySpan<Run> result) =>
        result.SequenceEqual(left) ? left : result.SequenceEqual(right) ? right : result.ToArray();

    private static bool Reaches(T last, T first) =>
        first.CompareTo(last) <= 0 || (TOrder.TryNext(last, out var next) && first.CompareTo(next) <= 0);

    private static T Greater(T left, T right) => left.CompareTo(right) >= 0 ? left : right;

    private static T Lesser(T left, T right) => left.CompareTo(right) <= 0 ? left : right;
}
