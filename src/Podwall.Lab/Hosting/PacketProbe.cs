using System.Net.Sockets;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// One connection, datagram or echo from a namespace. Whatever comes back, even a refusal, was let through: policies drop
/// without a word.
/// </summary>
internal static class PacketProbe
{
    // Sent again as often, since the kernel does that for streams only.
    private const int Attempts = 3;

    // An echo request (RFC 792, RFC 4443); the kernel fills in identifier and checksum.
    private static readonly byte[] EchoV4 = [8, 0, 0, 0, 0, 0, 0, 1], EchoV6 = [128, 0, 0, 0, 0, 0, 0, 1];

    // Whoever answers datagrams answers this: where the names of the root are (RFC 1035).
    private static readonly byte[] DnsQuestion = [0x70, 0x77, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];

    /// <exception cref="SocketException">There is no such source address, or no way.</exception>
    public static async Task<ProbeOutcome> TryAsync(NetworkSpace space, Leg leg, TimeSpan patience, CancellationToken cancellation)
    {
        using var socket = space.Run(() => Open(leg));
        try
        {
            if (leg.Protocol == Protocol.Tcp)
                return await WithinAsync(patience, limit => socket.ConnectAsync(leg.To.At(leg.Port), limit), cancellation) ? ProbeOutcome.Allowed : ProbeOutcome.Denied;
            await socket.ConnectAsync(leg.To.At(leg.Protocol == Protocol.Icmp ? 0 : leg.Port), cancellation);
            var question = leg.Protocol == Protocol.Udp ? DnsQuestion : leg.To.Family == IpFamily.V4 ? EchoV4 : EchoV6;
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                await socket.SendAsync(question, cancellation);
                if (await WithinAsync(patience / Attempts, async limit => await socket.ReceiveAsync(new byte[512], limit), cancellation))
                    return ProbeOutcome.Allowed;
            }

            return ProbeOutcome.Denied;
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return ProbeOutcome.Allowed;
        }
        catch (SocketException silent) when (silent.SocketErrorCode == SocketError.TimedOut)
        {
            return ProbeOutcome.Denied;
        }
    }

    private static async Task<bool> WithinAsync(TimeSpan patience, Func<CancellationToken, ValueTask> act, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            await act(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static Socket Open(Leg leg)
    {
        var isV4 = leg.From.Family == IpFamily.V4;
        var (type, carrier) = leg.Protocol switch
        {
            Protocol.Tcp => (SocketType.Stream, ProtocolType.Tcp),
            Protocol.Udp => (SocketType.Dgram, ProtocolType.Udp),
            _ => (SocketType.Dgram, isV4 ? ProtocolType.Icmp : ProtocolType.IcmpV6),
        };
        Socket socket = new(isV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, type, carrier);
        socket.Bind(leg.From.At(0));
        return socket;
    }
}
