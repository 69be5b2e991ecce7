namespace Podwall.Policy.Compiling;

/// <summary>
/// Who claims which address. A change copies only the buckets that it touches and the pages that these are on, so that one
/// pod's change costs the same in a small and in a large cluster.
/// </summary>
internal sealed class AddressIndex
{
    private const int PageSize = 64;

    // Claims of a bucket, on the average: what it is made for, and what it may grow to before all are made anew.
    private const int Usual = 8, Most = 32;

    private readonly (Address Address, Pod Pod)[]?[][] pages;
    private readonly int claimed, contested;

    private AddressIndex((Address, Pod)[]?[][] pages, int claimed, int contested) => (this.pages, this.claimed, this.contested) = (pages, claimed, contested);

    private int Count => pages.Length * PageSize;

    public static AddressIndex Of(IEnumerable<Pod> pods)
    {
        List<(Address Address, Pod Pod)> claims = [];
        foreach (var pod in pods)
            foreach (var address in pod.Addresses)
                claims.Add((address, pod));
        return Of(claims);
    }

    private static AddressIndex Of(List<(Address Address, Pod Pod)> claims)
    {
        var count = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(PageSize, claims.Count / Usual));
        var sizes = new int[count];
        foreach (var (address, _) in claims)
            sizes[BucketOf(address, count)]++;
        var buckets = Array.ConvertAll(sizes, size => size == 0 ? null : new (Address, Pod)[size]);
        foreach (var claim in claims)
            if (BucketOf(claim.Address, count) is var bucket)
                buckets[bucket]![--sizes[bucket]] = claim;
        return new([.. buckets.Chunk(PageSize)], claims.Count, buckets.Sum(Contested));
    }

    /// <summary>Whether some address is claimed by more than one pod.</summary>
    public bool HasContested => contested > 0;

    public AddressIndex With(IEnumerable<Pod> removed, IEnumerable<Pod> added)
    {
        var gone = removed.ToHashSet<Pod>(ReferenceEqualityComparer.Instance);
        var come = added.Where(p => !gone.Remove(p)).ToArray();
        if (gone.Count + come.Length == 0)
            return this;
        var next = ((Address, Pod)[]?[][])pages.Clone();
        var (all, count) = (claimed, contested);
        foreach (var bucket in gone.Concat(come).SelectMany(p => p.Addresses).Select(a => BucketOf(a, Count)).Distinct())
        {
            var at = bucket / PageSize;
            if (ReferenceEquals(next[at], pages[at]))
                next[at] = ((Address, Pod)[]?[])pages[at].Clone();
            ref var claims = ref next[at][bucket % PageSize];
            (all, count) = (all - (claims?.Length ?? 0), count - Contested(claims));
            claims =
            [
                .. (claims ?? []).Where(c => !gone.Contains(c.Item2)),
                .. come.SelectMany(p => p.Addresses.Select(a => (a, p))).Where(c => BucketOf(c.a, Count) == bucket),
            ];
            (all, count) = (all + claims.Length, count + Contested(claims));
        }

        return all <= Most * Count ? new(next, all, count) : Of([.. next.SelectMany(p => p).SelectMany(b => b ?? [])]);
    }

    /// <summary>
    /// The pods that own an address: those that are not terminating; where all are, all of them.
    /// </summary>
    public ValueList<Pod> Owners(Address address)
    {
        Pod[] claiming = [.. Claimants(address).OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Id.Name, StringComparer.Ordinal)];
        var staying = claiming.Where(p => !p.IsTerminating).ToValueList();
        return (staying.Count > 0 ? staying : [.. claiming]);
    }

    /// <summary>The pods that claim an address, in no order.</summary>
    public IEnumerable<Pod> Claimants(Address address)
    {
        var bucket = BucketOf(address, Count);
        return (pages[bucket / PageSize][bucket % PageSize] ?? []).Where(c => c.Address == address).Select(c => c.Pod);
    }

    private static int Contested((Address Address, Pod Pod)[]? bucket)
    {
        if (bucket is null or { Length: < 2 })
            return 0;
        // A usual bucket is too small for a set to pay.
        if (bucket.Length > 32)
            return bucket.Length - bucket.DistinctBy(c => c.Address).Count();
        var again = 0;
        for (var i = 1; i < bucket.Length; i++)
            for (var earlier = 0; earlier < i; earlier++)
                if (bucket[earlier].Address == bucket[i].Address)
                {
                    again++;
                    break;
                }

        return again;
    }

    private static int BucketOf(Address address, int count) => address.GetHashCode() & (count - 1);
}
