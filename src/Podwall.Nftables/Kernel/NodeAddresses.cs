using Podwall.Nftables.Model;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>The addresses of the network namespace in which this was made (<c>rtnetlink(7)</c>).</summary>
public sealed class NodeAddresses : IDisposable
{
    private const ushort Get = 22;
    private const int HeaderLength = 8, Address = 1, Local = 2;

    private readonly NetlinkSocket socket = new(NetlinkProtocol.Route);
    private readonly MessageWriter writer = new();

    public IReadOnlySet<Address> Read()
    {
        HashSet<Address> addresses = [];
        socket.Dump(writer, () =>
        {
            writer.Route(Get, RequestFlags.Dump, HeaderLength);
            writer.End();
        }, "read the node's addresses", addresses.Clear, message =>
        {
            var attributes = new Attributes(message.Body[HeaderLength..]);
            // On a link between two ends the other end's address comes as the address, and ours as local.
            var bytes = attributes.Find(Local) is { IsEmpty: false } local ? local : attributes.Find(Address);
            if (bytes.Length is 4 or 16)
                addresses.Add(new(bytes.Length == 4 ? IpFamily.V4 : IpFamily.V6, MapShape.Number(bytes)));
        });
        return addresses;
    }

    public void Dispose() => socket.Dispose();
}
