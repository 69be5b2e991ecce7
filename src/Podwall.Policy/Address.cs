using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Podwall.Policy;

/// <summary>
/// One IP address. Addresses order by family, then by value; an IPv4-mapped IPv6 address is its IPv4 address. The
/// default is <c>0.0.0.0</c>.
/// </summary>
public readonly record struct Address : IComparable<Address>
{
    private const ulong MappedPrefix = 0xFFFF;

    private readonly bool isV6;

    internal Address(IpFamily family, UInt128 bits) => (isV6, Bits) = (family == IpFamily.V6, bits);

    public IpFamily Family => isV6 ? IpFamily.V6 : IpFamily.V4;

    internal UInt128 Bits { get; }

    /// <summary>Reads an address; octets with leading zeros are decimal, as the API server reads them.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static Address Parse(string text) => TryParse(text, out var address)
        ? address
        : throw new FormatException($"'{text}' is not an IP address.");

    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        if (!TryParseUnmapped(text, out address))
            return false;
        if (address.isV6 && address.Bits >> 32 == MappedPrefix)
            address = new(IpFamily.V4, (uint)(address.Bits & uint.MaxValue));
        return true;
    }

    /// <summary>As <see cref="TryParse"/>, but an IPv4-mapped address stays IPv6: a CIDR's prefix counts its 128 bits.</summary>
    internal static bool TryParseUnmapped([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        if (string.IsNullOrEmpty(text))
            return false;
        if (!text.Contains(':'))
            return TryParseDotted(text, out address);
        // Zones and brackets are no part of an address in the Kubernetes API.
        if (text.AsSpan().IndexOfAny("%[]/") >= 0 || !IPAddress.TryParse(text, out var parsed)
            || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        address = new(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return true;
    }

    private static bool TryParseDotted(string text, out Address address)
    {
        address = default;
        uint bits = 0;
        var octets = 0;
        foreach (var part in text.AsSpan().Split('.'))
        {
            var octet = text.AsSpan()[part];
            if (++octets > 4 || octet.IsEmpty)
                return false;
            uint value = 0;
            foreach (var digit in octet)
            {
                if (!char.IsAsciiDigit(digit) || (value = value * 10 + (uint)(digit - '0')) > 255)
                    return false;
            }

            bits = bits << 8 | value;
        }

        address = new(IpFamily.V4, bits);
        return octets == 4;
    }

    public int CompareTo(Address other) => isV6 == other.isV6 ? Bits.CompareTo(other.Bits) : isV6 ? 1 : -1;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new IPAddress(isV6 ? bytes : bytes[12..]).ToString();
    }

    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;
}
