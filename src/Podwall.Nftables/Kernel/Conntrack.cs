using Podwall.Nftables.Netlink;

namespace Podwall.Nftables.Kernel;

/// <summary>The connections that the kernel tracks in this network namespace (<c>nfnetlink_conntrack.h</c>).</summary>
public sealed class Conntrack : IDisposable
{
    private const ushort Delete = 1 << 8 | 2;

    private readonly NetlinkSocket socket = new();
    private readonly MessageWriter writer = new();

    /// <summary>Forgets every connection.</summary>
    public void Flush()
    {
        writer.Clear();
        writer.Begin(Delete, RequestFlags.Acknowledge, 0);
        writer.End();
        socket.Send(writer.Written);
        foreach (var message in socket.Receive())
            if (message.Error != 0)
                throw new NetlinkException(message.Error, "forget the connections");
    }

    public void Dispose() => socket.Dispose();
}
