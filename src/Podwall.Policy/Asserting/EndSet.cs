namespace Podwall.Policy.Asserting;

/// <summary>One end of an assertion: some pods of the cluster, and some addresses outside of it.</summary>
public sealed record EndSet(ValueList<Pod> Pods, AddressSet Addresses)
{
    public static EndSet None { get; } = new([], AddressSet.Empty);

    public EndSet Union(EndSet other) => new([.. Pods.Concat(other.Pods).DistinctBy(p => p.Id)], Addresses.Union(other.Addresses));

    /// <summary>One of the addresses; null where there are none.</summary>
    public Address? SomeAddress => Addresses.IsEmpty ? null : Comparing.Causes.AnyOf(Addresses);

    /// <summary>All other pods, and all addresses that are not among these.</summary>
    public EndSet Complement(Snapshot cluster)
    {
        var mine = Pods.Select(p => p.Id).ToHashSet();
        return new([.. cluster.Pods.Where(p => !mine.Contains(p.Id) && !p.UsesHostNetwork)], AddressSet.Everything.Except(Addresses));
    }
}
