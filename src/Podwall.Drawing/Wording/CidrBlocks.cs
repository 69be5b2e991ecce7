using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using Podwall.Policy;

namespace Podwall.Drawing.Wording;

/// <summary>The fewest CIDR blocks that make up a range of addresses.</summary>
internal static class CidrBlocks
{
    public static IEnumerable<Cidr> Of(AddressRange range)
    {
        var (family, next, last) = (range.First.Family, Bits(range.First), Bits(range.Last));
        while (true)
        {
            var block = Largest(family, next, last);
            yield return block;
            var end = Bits(block.Range.Last);
            if (end == last)
                yield break;
            next = end + 1;
        }
    }

    /// <summary>The smallest block that holds both addresses.</summary>
    public static Cidr Around(Address first, Address last)
    {
        var (one, other, prefix) = (Bits(first), Bits(last), first.Family.Bits);
        for (; one != other; one >>= 1, other >>= 1)
            prefix--;
        return Block(first.Family, Bits(first), prefix);
    }

    private static Cidr Largest(IpFamily family, UInt128 first, UInt128 last)
    {
        for (var prefix = 0; ; prefix++)
        {
            var block = Block(family, first, prefix);
            if (Bits(block.Network) == first && Bits(block.Range.Last) <= last)
                return block;
        }
    }

    // Addresses keep their bits to themselves, so this goes by way of text.
    private static UInt128 Bits(Address address)
    {
        if (!IPAddress.TryParse(address.ToString(), out var parsed))
            throw new UnreachableException();
        var bytes = parsed.GetAddressBytes();
        return bytes.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static Cidr Block(IpFamily family, UInt128 bits, int prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return Cidr.Parse($"{new IPAddress(family == IpFamily.V6 ? bytes : bytes[12..])}/{prefix}");
    }
}
