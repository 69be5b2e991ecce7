using Run = Podwall.Policy.Intervals<Podwall.Policy.Address, Podwall.Policy.AddressSet.Order>.Run;
using Runs = Podwall.Policy.Intervals<Podwall.Policy.Address, Podwall.Policy.AddressSet.Order>;

namespace Podwall.Policy;

/// <summary>An exact set of addresses of both families, as sorted disjoint ranges; equal sets are equal values.</summary>
public sealed class AddressSet : IEquatable<AddressSet>
{
    private readonly Run[] runs;

    private AddressSet(Run[] runs) => this.runs = runs;

    public static AddressSet Empty { get; } = new([]);

    public static AddressSet Everything { get; } = Of([.. IpFamily.Both.Select(f => f.Everything)]);

    public bool IsEmpty => runs.Length == 0;

    public IEnumerable<AddressRange> Ranges => runs.Select(r => new AddressRange(r.First, r.Last));

    /// <summary>How many addresses of the family the set holds; the count saturates at the largest value.</summary>
    public UInt128 CountOf(IpFamily family)
    {
        UInt128 count = 0;
        foreach (var run in runs)
            if (run.First.Family == family)
                count = unchecked(count + (run.Last.Bits - run.First.Bits)) is var sum && sum < UInt128.MaxValue ? sum + 1 : UInt128.MaxValue;
        return count;
    }

    public static AddressSet Of(params IEnumerable<AddressRange> ranges) =>
        new(Runs.Canonical(ranges.Select(r => new Run(r.First, r.Last))));

    public static AddressSet Of(Cidr block) => Of([block.Range]);

    public bool Contains(Address address) => Runs.Find(runs, address) >= 0;

    public AddressSet Union(AddressSet other) => new(Runs.Union(runs, other.runs));

    public AddressSet Intersect(AddressSet other) => new(Runs.Intersect(runs, other.runs));

    public AddressSet Except(AddressSet other) => new(Runs.Except(runs, other.runs));

    public AddressSet Of(IpFamily family) => new([.. runs.Where(r => r.First.Family == family)]);

    public bool Equals(AddressSet? other) => other is not null && runs.AsSpan().SequenceEqual(other.runs);

    public override bool Equals(object? obj) => Equals(obj as AddressSet);

    public override int GetHashCode() => runs.Length == 0 ? 0 : HashCode.Combine(runs.Length, runs[0], runs[^1]);

    public override string ToString() => IsEmpty ? "none" : string.Join(", ", Ranges);

    internal readonly struct Order : IOrder<Address>
    {
        public static bool TryNext(Address value, out Address next)
        {
            next = value.Bits == value.Family.Highest ? value : new(value.Family, value.Bits + 1);
            return next != value;
        }

        public static bool TryPrevious(Address value, out Address previous)
        {
            previous = value.Bits == 0 ? value : new(value.Family, value.Bits - 1);
            return previous != value;
        }
    }
}
