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

    public override string ToString() => $"{First}-{Last}";
}
