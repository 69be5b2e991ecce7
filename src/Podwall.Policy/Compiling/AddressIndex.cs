namespace Podwall.Policy.Compiling;

/// <summary>
/// Who claims which address. A change copies only the buckets that it touches, so that one pod's change costs the same in
/// a small and in a large cluster.
/// </summary>
internal sealed class AddressIndex
{
    private readonly (Address Address, Pod Pod)[]?[] buckets;
    private readonly int contested;

    private AddressIndex((Address, Pod)[]?[] buckets, int contested) => (this.buckets, this.contested) = (buckets, contested);

    public static AddressIndex Of(IEnumerable<Pod> pods)
    {
        List<(Address Address, Pod Pod)> claims = [];
        foreach (var pod in pods)
            foreach (var address in pod.Addresses)
                claims.Add((address, pod));
        var count = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, claims.Count / 8));
        var sizes = new int[count];
        foreach (var (address, _) in claims)
            sizes[BucketOf(address, count)]++;
        var buckets = Array.ConvertAll(sizes, size => size == 0 ? null : new (Address, Pod)[size]);
        foreach (var claim in claims)
            if (BucketOf(claim.Address, count) is var bucket)
                buckets[bucket]![--sizes[bucket]] = claim;
        return new(buckets, buckets.Sum(Contested));
    }

    /// <summary>Whether some address is claimed by more than one pod.</summary>
    public bool HasContested => contested > 0;

    public AddressIndex With(IEnumerable<Pod> removed, IEnumerable<Pod> added)
    {
        var gone = removed.ToHashSet<Pod>(ReferenceEqualityComparer.Instance);
        var come = added.Where(p => !gone.Remove(p)).ToArray();
        var next = ((Address, Pod)[]?[])buckets.Clone();
        var count = contested;
        foreach (var bucket in gone.Concat(come).SelectMany(p => p.Addresses).Select(a => BucketOf(a, next.Length)).Distinct())
        {
            count -= Contested(next[bucket]);
            next[bucket] =
            [
                .. (next[bucket] ?? []).Where(c => !gone.Contains(c.Item2)),
                .. come.SelectMany(p => p.Addresses.Select(a => (a, p))).Where(c => BucketOf(c.a, next.Length) == bucket),
            ];
            count += Contested(next[bucket]);
        }

        return new(next, count);
    }

    /// <summary>
    /// The pods that own an address: those that are not terminating; where all are, all of them.
    /// </summary>
    public ValueList<Pod> Owners(Address address)
    {
        var claiming = (buckets[BucketOf(address, buckets.Length)] ?? []).Where(c => c.Address == address).Select(c => c.Pod)
            .OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Id.Name, StringComparer.Ordinal).ToArray();
        var staying = claiming.Where(p => !p.IsTerminating).ToValueList();
        return (staying.Count > 0 ? staying : [.. claiming]);
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
