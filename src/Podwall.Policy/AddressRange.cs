namespace Podwall.Policy;

/// <summary>An inclusive run of addresses of one family, written <c>lo-hi</c>.</summary>
public readonly record struct AddressRange
{
    /// <exception cref="ArgumentException">The families differ, or the last address lies before the first.</exception>
    public AddressRange(Address first, Address last)
    {
        if (first.Family != last.Family || last < first)
            throw new ArgumentException($"{first}-{last} is not a range of addresses.", nameof(last));
        (First, Last) = (first, last);
    }

    public Address First { get; }

    public Address Last { get; }

    /// <summary>The range as one block, or null where it is none.</summary>
    public Cidr? AsBlock()
    {
        var host = First.Bits ^ Last.Bits;
        return (host & unchecked(host + 1)) == 0 && (First.Bits & host) == 0
            ? Cidr.Of(First, First.Family.Bits - (int)UInt128.PopCount(host))
            : null;
    }

    public override string ToString() => $"{First}-{Last}";
}
