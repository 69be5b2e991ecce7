using System.Net.Sockets;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// One connection, or one datagram, from a namespace. Whatever comes back, even a refusal, was let through: policies drop
/// without a word.
/// </summary>
internal static class PacketProbe
{
    // A lost first packet is sent again by TCP after a second.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    // An echo request (RFC 792, RFC 4443); the kernel fills in identifier and checksum.
    private static readonly byte[] EchoV4 = [8, 0, 0, 0, 0, 0, 0, 1], EchoV6 = [128, 0, 0, 0, 0, 0, 0, 1];

    public static async Task<ProbeOutcome> TryAsync(NetworkSpace space, Leg leg, CancellationToken cancellation)
    {
        if (leg.Protocol == Protocol.Sctp)
            return ProbeOutcome.Unknown("SCTP is not probed: few kernels have it");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            using var socket = space.Run(() => Open(leg));
            limit.CancelAfter(Patience);
            var target = leg.To.At(leg.Protocol == Protocol.Icmp ? 0 : leg.Port);
            await socket.ConnectAsync(target, limit.Token);
            if (leg.Protocol != Protocol.Tcp)
            {
                await socket.SendAsync(leg.Protocol == Protocol.Udp ? "podwall"u8.ToArray() : leg.To.Family == IpFamily.V4 ? EchoV4 : EchoV6, limit.Token);
                await socket.ReceiveAsync(new byte[512], limit.Token);
            }

            return ProbeOutcome.Allowed;
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return ProbeOutcome.Allowed;
        }
        catch (SocketException failed) when (failed.SocketErrorCode != SocketError.TimedOut)
        {
            return ProbeOutcome.Unknown($"the connection cannot be tried: {failed.Message}");
        }
        catch (Exception silent) when (silent is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return ProbeOutcome.Denied;
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
