using System.Net.Sockets;
using System.Runtime.InteropServices;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>
/// Behind which interface each address is that has a route of its own, as pods on cables of their own have
/// (<c>rtnetlink(7)</c>), in the network namespace in which this was made.
/// </summary>
public sealed class PodLinks : IDisposable
{
    private const ushort GetLink = 18, GetRoutes = 26;
    private const int LinkHeaderLength = 16, HeaderLength = 12, Unicast = 1, Destination = 1, Interface = 4;
    private const int LinkGroup = 1, RouteGroup4 = 7, RouteGroup6 = 11;

    private readonly NetlinkSocket asking = new(NetlinkProtocol.Route), listening = new(NetlinkProtocol.Route);
    private readonly Socket changes;
    private readonly MessageWriter writer = new();
    private readonly byte[] told = new byte[1 << 16];

    public PodLinks()
    {
        foreach (var group in (int[])[LinkGroup, RouteGroup4, RouteGroup6])
            listening.Join(group);
        changes = new(new SafeSocketHandle(listening.Descriptor, ownsHandle: false));
    }

    /// <summary>Waits until an interface or a route came or went.</summary>
    public async Task ChangeAsync(CancellationToken cancellation)
    {
        try
        {
            await changes.ReceiveAsync(told, cancellation);
        }
        catch (SocketException overrun) when (overrun.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            // More happened than the buffer holds: something did.
        }
    }

    /// <summary>Whether an interface or a route came or went since this was asked, or waited for, last.</summary>
    public bool HasChanged() => listening.Drain();

    /// <summary>Whether there is an interface of this index, which the kernel gives to no other while it runs.</summary>
    public bool IsThere(int index)
    {
        writer.Route(GetLink, RequestFlags.None, LinkHeaderLength, index: index);
        writer.End();
        asking.Send(writer.Written);
        var isThere = true;
        foreach (var message in asking.Receive())
            if (message.Type == NfTables.Error && message.Error is not NetlinkException.NoDevice)
                throw new NetlinkException(message.Error, "look for an interface");
            else
                isThere &= message.Type != NfTables.Error;
        return isThere;
    }

    /// <summary>The addresses that have a route of their own, and the interface that it leads to.</summary>
    public Dictionary<Address, int> Read()
    {
        Dictionary<Address, int> links = [];
        foreach (var family in IpFamily.Both)
            asking.Dump(writer, () =>
            {
                writer.Route(GetRoutes, RequestFlags.Dump, HeaderLength, family);
                writer.End();
            }, "read the routes", () => links.Keys.Where(a => a.Family == family).ToList().ForEach(a => links.Remove(a)), message =>
            {
                const int LengthAt = 1, TypeAt = 7;
                if (message.Body[LengthAt] != family.Bits || message.Body[TypeAt] != Unicast)
                    return;
                var attributes = new Attributes(message.Body[HeaderLength..]);
                if (attributes.Find(Destination) is var to && to.Length == family.Bits / 8 && attributes.Find(Interface) is { Length: 4 } index)
                    links[new(family, MapShape.Number(to))] = MemoryMarshal.Read<int>(index);
            });
        return links;
    }

    public void Dispose()
    {
        changes.Dispose();
        asking.Dispose();
        listening.Dispose();
    }
}
