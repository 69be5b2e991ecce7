using System.Diagnostics.CodeAnalysis;

namespace Podwall.Policy;

/// <summary>
/// A block of addresses, such as <c>10.0.0.0/8</c>. Host bits are masked off, and an IPv4-mapped block of prefix 96 or
/// longer is its IPv4 block, as the API server understands both. The default is <c>0.0.0.0/0</c>.
/// </summary>
public readonly record struct Cidr
{
    private Cidr(Address network, int prefixLength) => (Network, PrefixLength) = (network, prefixLength);

    /// <summary>The first address of the block.</summary>
    public Address Network { get; }

    public int PrefixLength { get; }

    public IpFamily Family => Network.Family;

    public AddressRange Range => new(Network, new(Family, Network.Bits | HostMask(Family, PrefixLength)));

    /// <summary>Whether the block holds every address of its family.</summary>
    public bool IsWholeFamily => PrefixLength == 0;

    public bool Contains(Address address) => address.Family == Family && address >= Range.First && address <= Range.Last;

    internal bool Overlaps(Cidr other) => Family == other.Family
        && ((Network.Bits ^ other.Network.Bits) & ~HostMask(Family, Math.Min(PrefixLength, other.PrefixLength))) == 0;

    internal static Cidr Of(Address network, int prefixLength) => new(network, prefixLength);

    /// <summary>The block of a prefix that holds the address.</summary>
    internal static Cidr Around(Address address, int prefixLength) => new(new(address.Family, address.Bits & ~HostMask(address.Family, prefixLength)), prefixLength);

    /// <exception cref="FormatException">The text is no CIDR block.</exception>
    public static Cidr Parse(string text) => TryParse(text, out var cidr)
        ? cidr
        : throw new FormatException($"'{text}' is not a CIDR block.");

    public static bool TryParse([NotNullWhen(true)] string? text, out Cidr cidr)
    {
        cidr = default;
        var slash = text?.IndexOf('/') ?? -1;
        if (slash < 0 || !Address.TryParseUnmapped(text![..slash], out var address)
            || !TryParsePrefix(text.AsSpan(slash + 1), address.Family.Bits, out var prefix))
            return false;
        if (prefix >= 96 && Address.TryParse(text[..slash], out var unmapped) && unmapped.Family != address.Family)
            (address, prefix) = (unmapped, prefix - 96);
        cidr = Around(address, prefix);
        return true;
    }

    private static bool TryParsePrefix(ReadOnlySpan<char> text, int longest, out int prefix)
    {
        prefix = 0;
        foreach (var digit in text)
            if (!char.IsAsciiDigit(digit) || (prefix = prefix * 10 + (digit - '0')) > longest)
                return false;
        return !text.IsEmpty;
    }

    // A shift by all 128 bits would be a shift by none.
    private static UInt128 HostMask(IpFamily family, int prefix) => prefix == family.Bits ? 0 : family.Highest >> prefix;

    public override string ToString() => $"{Network}/{PrefixLength}";
}
