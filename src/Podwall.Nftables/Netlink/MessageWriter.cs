using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Podwall.Nftables.Netlink;

/// <summary>
/// Netlink messages, one after another (RFC 3549). Headers are in the machine's byte order, the values of nf_tables
/// attributes in network order.
/// </summary>
internal sealed class MessageWriter
{
    private const int HeaderLength = 16;
    private const ushort Nested = 0x8000;

    private byte[] buffer = new byte[4096];
    private int message = -1;
    private uint sequence;

    /// <summary>The family of the table that messages are about.</summary>
    public byte Family { get; init; } = NfTables.Inet;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    /// <summary>The sequence number of the message begun last.</summary>
    public uint Sequence => sequence;

    /// <summary>Begins a message and its nfnetlink header; <paramref name="resource"/> is the table-wide id of batch limits.</summary>
    public void Begin(ushort type, RequestFlags flags, byte family, ushort resource = 0)
    {
        Begin(type, flags);
        var header = Reserve(4);
        header[0] = family;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], resource);
    }

    /// <summary>Begins a message whose own header, if it has one, is written by <see cref="Raw"/>.</summary>
    public void Begin(ushort type, RequestFlags flags)
    {
        End();
        message = Length;
        var header = Reserve(HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], (ushort)(flags | RequestFlags.Request));
        MemoryMarshal.Write(header[8..], ++sequence);
        MemoryMarshal.Write(header[12..], 0u);
    }

    /// <summary>Completes the message that is being written.</summary>
    public void End()
    {
        if (message < 0)
            return;
        MemoryMarshal.Write(buffer.AsSpan(message), (uint)(Length - message));
        Pad();
        message = -1;
    }

    public void Clear() => (Length, message) = (0, -1);

    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    public void Bytes(int type, ReadOnlySpan<byte> value)
    {
        Attribute(type, value.Length);
        value.CopyTo(Reserve(value.Length));
        Pad();
    }

    public void Text(int type, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Attribute(type, length + 1);
        var target = Reserve(length + 1);
        Encoding.UTF8.GetBytes(value, target);
        target[length] = 0;
        Pad();
    }

    public void Number(int type, byte value) => Bytes(type, [value]);

    public void Number(int type, uint value)
    {
        Attribute(type, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(Reserve(sizeof(uint)), value);
    }

    public void Number(int type, ulong value)
    {
        Attribute(type, sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), value);
    }

    /// <summary>Opens an attribute that holds attributes; what it gives back closes it.</summary>
    public int Open(int type)
    {
        var start = Length;
        Attribute(type | Nested, 0);
        return start;
    }

    public void Close(int start) => MemoryMarshal.Write(buffer.AsSpan(start), checked((ushort)(Length - start)));

    private void Attribute(int type, int length)
    {
        var header = Reserve(4);
        MemoryMarshal.Write(header, checked((ushort)(4 + length)));
        MemoryMarshal.Write(header[2..], (ushort)type);
    }

    private void Pad() => Reserve(-Length & 3).Clear();

    private Span<byte> Reserve(int count)
    {
        if (Length + count > buffer.Length)
            Array.Resize(ref buffer, Math.Max(Length + count, 2 * buffer.Length));
        var span = buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}

/// <summary>Flags of a request (<c>linux/netlink.h</c>).</summary>
[Flags]
internal enum RequestFlags : ushort
{
    None = 0,
    Request = 0x1,
    Acknowledge = 0x4,
    Dump = 0x300,
    Create = 0x400,
    Exclusive = 0x200,
    Append = 0x800,
}
