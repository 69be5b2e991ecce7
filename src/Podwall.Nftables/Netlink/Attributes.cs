using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Podwall.Nftables.Netlink;

/// <summary>One message that the kernel sent: its type, flags, sequence number and what follows the header.</summary>
internal readonly ref struct Message(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> body)
{
    public ushort Type { get; } = type;

    public ushort Flags { get; } = flags;

    public uint Sequence { get; } = sequence;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>The attributes behind the nfnetlink header.</summary>
    public Attributes Attributes => new(Body[4..]);

    /// <summary>The dump that this message is part of was overtaken by a change, and must be made anew.</summary>
    public bool IsInterrupted => (Flags & 0x10) != 0;

    /// <summary>The error number of an error or of the end of a dump; 0 is an acknowledgement.</summary>
    public int Error => Body.Length >= 4 ? -MemoryMarshal.Read<int>(Body) : 0;
}

/// <summary>The messages of one datagram.</summary>
internal ref struct Messages(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> rest = rest;

    public Message Current { get; private set; }

    public readonly Messages GetEnumerator() => this;

    public bool MoveNext()
    {
        if (rest.Length < 16)
            return false;
        var length = MemoryMarshal.Read<int>(rest);
        if (length < 16 || length > rest.Length)
            return false;
        Current = new(MemoryMarshal.Read<ushort>(rest[4..]), MemoryMarshal.Read<ushort>(rest[6..]), MemoryMarshal.Read<uint>(rest[8..]), rest[16..length]);
        rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        return true;
    }
}

/// <summary>The attributes of a message, or of an attribute that holds attributes.</summary>
internal ref struct Attributes(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> rest = rest;

    public int Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly Attributes Inner => new(Value);

    public readonly uint Number => BinaryPrimitives.ReadUInt32BigEndian(Value);

    public readonly ulong LongNumber => BinaryPrimitives.ReadUInt64BigEndian(Value);

    public readonly string Text => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    public readonly Attributes Current => this;

    public readonly Attributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (rest.Length < 4)
            return false;
        var length = MemoryMarshal.Read<ushort>(rest);
        if (length < 4 || length > rest.Length)
            return false;
        Type = MemoryMarshal.Read<ushort>(rest[2..]) & 0x3fff;
        Value = rest[4..length];
        rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        return true;
    }

    /// <summary>The value of the first attribute of the type; empty where there is none.</summary>
    public readonly ReadOnlySpan<byte> Find(int type)
    {
        foreach (var attribute in this)
            if (attribute.Type == type)
                return attribute.Value;
        return default;
    }
}
