using Run = Podwall.Policy.Intervals<ushort, Podwall.Policy.PortSet.Order>.Run;
using Runs = Podwall.Policy.Intervals<ushort, Podwall.Policy.PortSet.Order>;

namespace Podwall.Policy;

/// <summary>An exact set of ports of one protocol, as sorted disjoint ranges; equal sets are equal values.</summary>
public sealed class PortSet : IEquatable<PortSet>
{
    private readonly Run[] runs;

    private PortSet(Run[] runs) => this.runs = runs;

    public static PortSet Empty { get; } = new([]);

    public static PortSet All { get; } = Of(PortRange.All);

    public bool IsEmpty => runs.Length == 0;

    public bool IsAll => Equals(All);

    public int Count => runs.Sum(r => r.Last - r.First + 1);

    public IEnumerable<PortRange> Ranges => runs.Select(r => new PortRange(r.First, r.Last));

    public static PortSet Of(params IEnumerable<PortRange> ranges) =>
        new(Runs.Canonical(ranges.Select(r => new Run(r.First, r.Last))));

    public static PortSet Of(PortRange range) => new([new(range.First, range.Last)]);

    public static PortSet Of(ushort port) => new([new(port, port)]);

    public bool Contains(int port) => port is >= 0 and <= ushort.MaxValue && Runs.Find(runs, (ushort)port) >= 0;

    public PortSet Union(PortSet other) => Of(other, Runs.Union(runs, other.runs));

    public PortSet Intersect(PortSet other) => IsEmpty || other.IsEmpty ? Empty : ReferenceEquals(this, other) ? this : Of(other, Runs.Intersect(runs, other.runs));

    public PortSet Except(PortSet other) => IsEmpty || other.IsEmpty ? this : new(Runs.Except(runs, other.runs));

    // A result that is one of the operands is that operand: equality then is a comparison of references.
    private PortSet Of(PortSet other, Run[] result) => ReferenceEquals(result, runs) ? this : ReferenceEquals(result, other.runs) ? other : new(result);

    public bool Equals(PortSet? other) => ReferenceEquals(this, other) || (other is not null && runs.AsSpan().SequenceEqual(other.runs));

    public override bool Equals(object? obj) => Equals(obj as PortSet);

    public override int GetHashCode() => runs.Length == 0 ? 0 : HashCode.Combine(runs.Length, runs[0], runs[^1]);

    public override string ToString() => IsEmpty ? "none" : string.Join(",", Ranges);

    internal readonly struct Order : IOrder<ushort>
    {
        public static bool TryNext(ushort value, out ushort next)
        {
            next = value == ushort.MaxValue ? value : (ushort)(value + 1);
            return next != value;
        }

        public static bool TryPrevious(ushort value, out ushort previous)
        {
            previous = value == 0 ? value : (ushort)(value - 1);
            return previous != value;
        }
    }
}
