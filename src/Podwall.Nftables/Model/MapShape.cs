using System.Buffers.Binary;
using Podwall.Policy;

namespace Podwall.Nftables.Model;

/// <summary>How the kernel finds an element.</summary>
public enum MapKind
{
    Hash,

    /// <summary>Disjoint ranges of one value.</summary>
    Interval,

    /// <summary>A concatenation whose last field is a range.</summary>
    ConcatenatedInterval,

    /// <summary>A hash whose elements go when they are not refreshed.</summary>
    Expiring,
}

/// <summary>A field of a key: how nft names its type, that type's number in listings, and its length in bytes.</summary>
public readonly record struct Field(string Type, int Number, int Length)
{
    public static Field Word { get; } = new("mark", 19, 4);

    public static Field Protocol { get; } = new("inet_proto", 12, 1);

    public static Field Port { get; } = new("inet_service", 13, 2);

    public static Field InterfaceIndex { get; } = new("iface_index", 20, 4);

    public static Field Interface { get; } = new("ifname", 41, 16);

    public static Field Of(IpFamily family) => family == IpFamily.V4 ? new("ipv4_addr", 7, 4) : new("ipv6_addr", 8, 16);

    /// <summary>What the kernel keeps of a field in a concatenation: whole registers.</summary>
    public int Padded => (Length + 3) & ~3;
}

/// <summary>One set or map of the table: what its elements are made of.</summary>
public sealed class MapShape(string name, MapKind kind, Field[] key, int valueWords = 0)
{
    public string Name { get; } = name;

    public MapKind Kind { get; } = kind;

    public IReadOnlyList<Field> Key { get; } = key;

    /// <summary>Words of 32 bits in the value of a map; 0 is a set.</summary>
    public int ValueWords { get; } = valueWords;

    public int KeyLength { get; } = key.Length == 1 ? key[0].Length : key.Sum(f => f.Padded);

    /// <summary>Whether an element's key is a range.</summary>
    public bool IsRange => Kind is MapKind.Interval or MapKind.ConcatenatedInterval;

    // A key of up to 16 bytes is one number; a longer one is two of equal length.
    private bool IsWide => KeyLength > 16;

    public void Write(UInt128 key, Span<byte> target)
    {
        Span<byte> all = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(all, key);
        all[(16 - target.Length)..].CopyTo(target);
    }

    /// <summary>The bytes of the key, or of the first key of a range.</summary>
    public void WriteFirst(ElementKey key, Span<byte> target)
    {
        if (IsWide)
        {
            Write(key.First, target[..(KeyLength / 2)]);
            Write(key.Second, target[(KeyLength / 2)..]);
        }
        else
        {
            Write(key.First, target);
        }
    }

    public ElementKey Read(ReadOnlySpan<byte> key) => IsWide ? new(Number(key[..(KeyLength / 2)]), Number(key[(KeyLength / 2)..])) : new(Number(key));

    public static UInt128 Number(ReadOnlySpan<byte> bytes)
    {
        Span<byte> all = stackalloc byte[16];
        all.Clear();
        bytes.CopyTo(all[(16 - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(all);
    }

    public override string ToString() => Name;
}

/// <summary>
/// The key of an element as numbers in network order: the key and nothing, the two halves of a long key, or the first
/// and last key of a range.
/// </summary>
public readonly record struct ElementKey(UInt128 First, UInt128 Second = default)
{
    public static ElementKey Of(Address address) => new(address.Bits);

    /// <summary>The address that a key of nothing else is.</summary>
    public Address ToAddress(IpFamily family) => new(family, First);
}
