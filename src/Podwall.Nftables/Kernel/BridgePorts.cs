using System.Runtime.InteropServices;
using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>A port of a bridge of this network namespace, whose other end lies in another one.</summary>
/// <param name="Index">What the kernel calls it; never used twice while the kernel runs.</param>
/// <param name="Peer">The index of the other end, in the namespace where that is.</param>
/// <param name="Namespace">What this namespace calls that one.</param>
public sealed record BridgePort(int Index, string Name, string Bridge, int Peer, int Namespace);

/// <summary>
/// The ports of bridges, and the addresses behind them (<c>rtnetlink(7)</c>): the kernel tells who may configure a
/// namespace which addresses were configured in it, so nobody has to believe a packet.
/// </summary>
public sealed class BridgePorts : IDisposable
{
    private const ushort GetLinks = 18, GetAddresses = 22;
    private const int LinkHeader = 16, AddressHeader = 8;
    private const int LinkName = 3, LinkPeer = 5, LinkMaster = 10, LinkNamespace = 37, LinkDetails = 18, SlaveKind = 4;
    private const int InterfaceAddress = 1, LocalAddress = 2, TargetNamespace = 10;

    private readonly NetlinkSocket socket = new(NetlinkProtocol.Route);
    private readonly MessageWriter writer = new();

    public BridgePorts() => socket.ReadStrictly();

    /// <summary>All of them.</summary>
    public IReadOnlyList<BridgePort> Read()
    {
        Dictionary<int, string> names = [];
        List<(int Index, int Master, int Peer, int Namespace)> ports = [];
        socket.Dump(writer, () =>
        {
            writer.Route(GetLinks, RequestFlags.Dump, LinkHeader);
            writer.End();
        }, "read the interfaces", () => (names, ports) = ([], []), message =>
        {
            var index = MemoryMarshal.Read<int>(message.Body[4..]);
            var (master, peer, network, isPort) = (0, 0, -1, false);
            foreach (var attribute in new Attributes(message.Body[LinkHeader..]))
                switch (attribute.Type)
                {
                    case LinkName:
                        names[index] = attribute.Text;
                        break;
                    case LinkMaster:
                        master = MemoryMarshal.Read<int>(attribute.Value);
                        break;
                    case LinkPeer:
                        peer = MemoryMarshal.Read<int>(attribute.Value);
                        break;
                    case LinkNamespace:
                        network = MemoryMarshal.Read<int>(attribute.Value);
                        break;
                    case LinkDetails:
                        isPort = attribute.Inner.Find(SlaveKind).StartsWith("bridge"u8);
                        break;
                }

            if (isPort && network >= 0)
                ports.Add((index, master, peer, network));
        });
        return [.. ports.Select(p => new BridgePort(p.Index, names[p.Index], names.GetValueOrDefault(p.Master, ""), p.Peer, p.Namespace))];
    }

    /// <summary>The addresses that the other end has; none where it has gone.</summary>
    public IReadOnlySet<Address> Behind(BridgePort port)
    {
        HashSet<Address> addresses = [];
        foreach (var family in IpFamily.Both)
            try
            {
                socket.Dump(writer, () => Ask(port, family), "read the addresses behind a port", () => addresses.RemoveWhere(a => a.Family == family), message =>
                {
                    var attributes = new Attributes(message.Body[AddressHeader..]);
                    var bytes = attributes.Find(LocalAddress) is { IsEmpty: false } local ? local : attributes.Find(InterfaceAddress);
                    if (MemoryMarshal.Read<int>(message.Body[4..]) == port.Peer && bytes.Length == family.Bits / 8)
                        addresses.Add(new(family, MapShape.Number(bytes)));
                });
            }
            catch (NetlinkException gone) when (gone.Error is NetlinkException.NoDevice or NetlinkException.Invalid)
            {
                // The interface or its namespace went while we asked.
            }

        return addresses;
    }

    public void Dispose() => socket.Dispose();

    private void Ask(BridgePort port, IpFamily family)
    {
        writer.Route(GetAddresses, RequestFlags.Dump, AddressHeader, family, port.Peer);
        Span<byte> network = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(network, port.Namespace);
        writer.Bytes(TargetNamespace, network);
        writer.End();
    }
}
