using System.Buffers.Binary;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// The first packet of an SCTP association (INIT, RFC 9260 section 3.3.2), which policies judge, written by hand and watched
/// for at its destination: few kernels have SCTP itself.
/// </summary>
internal static class SctpProbe
{
    private const int Sctp = 132;

    private const int HeaderLength = 12, InitLength = 20, TagAt = HeaderLength + 4;

    // Sent again as often, since nobody answers one that was lost.
    private const int Attempts = 3;

    public static async Task<ProbeOutcome> TryAsync(NetworkSpace source, NetworkSpace target, Leg leg, TimeSpan patience, CancellationToken cancellation)
    {
        using var receiver = target.Run(() => Open(leg.To));
        using var sender = source.Run(() => Open(leg.From));
        // Both are raw sockets, to which ports mean nothing.
        await sender.ConnectAsync(leg.To.At(0), cancellation);
        var tag = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
        var packet = Init(tag, leg.Port);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await sender.SendAsync(packet, cancellation);
            if (await ArrivesAsync(receiver, tag, leg.To.Family, patience / Attempts, cancellation))
                return ProbeOutcome.Allowed;
        }

        return ProbeOutcome.Denied;
    }

    internal static byte[] Init(uint tag, ushort port)
    {
        const byte Type = 1;
        var packet = new byte[HeaderLength + InitLength];
        BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)(20_000 + tag % 40_000));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), port);
        (packet[HeaderLength], packet[HeaderLength + 3]) = (Type, InitLength);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(TagAt), tag);
        // Window, streams out, streams in, first number.
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(TagAt + 4), 65_536);
        (packet[TagAt + 9], packet[TagAt + 11], packet[TagAt + 15]) = (1, 1, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Checksum(packet));
        return packet;
    }

    private static Socket Open(Address own)
    {
        var end = own.At(0);
        Socket socket = new(SystemCalls.OpenRaw(end.AddressFamily, Sctp));
        socket.Bind(end);
        return socket;
    }

    private static async Task<bool> ArrivesAsync(Socket receiver, uint tag, IpFamily family, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        var buffer = new byte[256];
        try
        {
            while (true)
            {
                var length = await receiver.ReceiveAsync(buffer, limit.Token);
                // Only IPv4 hands its own header on.
                var body = family == IpFamily.V4 ? (buffer[0] & 15) * 4 : 0;
                if (length >= body + TagAt + 4 && BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(body + TagAt)) == tag)
                    return true;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    // CRC-32C (RFC 9260 appendix A).
    private static uint Checksum(byte[] packet)
    {
        var sum = uint.MaxValue;
        foreach (var one in packet)
            sum = BitOperations.Crc32C(sum, one);
        return ~sum;
    }
}
