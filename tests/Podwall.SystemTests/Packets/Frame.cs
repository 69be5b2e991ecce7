using System.Buffers.Binary;
using Podwall.Policy;

namespace Podwall.SystemTests.Packets;

/// <summary>The first packet of a connection as an Ethernet frame, marked with a number that is found again where it arrives.</summary>
internal static class Frame
{
    public const ushort Ipv4 = 0x0800, Ipv6 = 0x86dd;

    private static readonly uint[] Crc32C = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) != 0 ? c >> 1 ^ 0x82F63B78 : c >> 1))];

    public static byte[] Opening(ReadOnlySpan<byte> toHardware, ReadOnlySpan<byte> fromHardware, Address source, Address destination, Protocol protocol, int port, uint mark)
    {
        var v4 = source.Family == IpFamily.V4;
        var body = Body(v4, protocol, port, mark);
        var header = v4 ? 20 : 40;
        var frame = new byte[14 + header + body.Length];
        toHardware.CopyTo(frame);
        fromHardware.CopyTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), v4 ? Ipv4 : Ipv6);
        var ip = frame.AsSpan(14, header);
        var number = NumberOf(v4, protocol);
        if (v4)
        {
            (ip[0], ip[8], ip[9]) = (0x45, 64, number);
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(header + body.Length));
            Write(source, ip[12..16]);
            Write(destination, ip[16..20]);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip, 0));
        }
        else
        {
            (ip[0], ip[6], ip[7]) = (0x60, number, 64);
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)body.Length);
            Write(source, ip[8..24]);
            Write(destination, ip[24..40]);
        }

        if (protocol == Protocol.Sctp)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), ~body.Aggregate(uint.MaxValue, (crc, b) => crc >> 8 ^ Crc32C[(crc ^ b) & 0xff]));
        }
        else
        {
            // ICMP for IPv4 has no pseudo header.
            var pseudo = v4 && protocol == Protocol.Icmp ? 0u : Sum(v4 ? ip[12..20] : ip[8..40]) + (uint)(body.Length + number);
            BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(protocol switch { Protocol.Tcp => 16, Protocol.Udp => 6, _ => 2 }), Checksum(body, pseudo));
        }

        body.CopyTo(frame.AsSpan(14 + header));
        return frame;
    }

    /// <summary>The mark of a frame that arrived, or null where it is none of ours.</summary>
    public static uint? MarkOf(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 14 + 20)
            return null;
        var v4 = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == Ipv4;
        var protocol = frame[v4 ? 23 : 20];
        var body = frame[Math.Min(frame.Length, v4 ? 34 : 54)..];
        var at = protocol switch { 6 => 4, 17 => 8, 132 => 16, 1 or 58 => 4, _ => -1 };
        return at >= 0 && body.Length >= at + 4 ? BinaryPrimitives.ReadUInt32BigEndian(body[at..]) : null;
    }

    private static byte[] Body(bool v4, Protocol protocol, int port, uint mark)
    {
        var body = new byte[protocol switch { Protocol.Tcp => 20, Protocol.Udp => 12, Protocol.Sctp => 32, _ => 12 }];
        var at = protocol switch { Protocol.Udp => 8, Protocol.Sctp => 16, _ => 4 };
        if (protocol == Protocol.Icmp)
        {
            body[0] = v4 ? (byte)8 : (byte)128;
        }
        else
        {
            // A source port of its own, so that no probe is an answer to another.
            BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)(20000 + mark % 40000));
            BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), (ushort)port);
        }

        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(at), mark);
        switch (protocol)
        {
            case Protocol.Tcp:
                (body[12], body[13], body[14]) = (0x50, 0x02, 0xff);
                break;
            case Protocol.Udp:
                body[5] = (byte)body.Length;
                break;
            case Protocol.Sctp:
                // INIT: type, length, then tag, window, streams and the first number.
                (body[12], body[15], body[20], body[25], body[27], body[31]) = (1, 20, 1, 1, 1, 7);
                break;
            default:
                break;
        }

        return body;
    }

    private static byte NumberOf(bool v4, Protocol protocol) => protocol switch
    {
        Protocol.Tcp => 6,
        Protocol.Udp => 17,
        Protocol.Sctp => 132,
        _ => v4 ? (byte)1 : (byte)58,
    };

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        return sum;
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint start)
    {
        var sum = start + Sum(bytes);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)(~sum & 0xffff);
    }

    private static void Write(Address address, Span<byte> target)
    {
        Span<byte> all = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(all, address.Bits);
        all[(16 - target.Length)..].CopyTo(target);
    }
}
