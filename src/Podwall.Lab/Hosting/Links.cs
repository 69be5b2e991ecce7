using System.Runtime.InteropServices;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// The links, addresses and routes of the network namespace of the thread that makes this (<c>rtnetlink(7)</c>, <c>veth(4)</c>):
/// for what is laid and taken away with every pod, where a program each time would be slow.
/// </summary>
internal sealed partial class Links : IDisposable
{
    private const ushort NewLink = 16, DeleteLink = 17, NewAddress = 20, NewRoute = 24;
    private const int LinkName = 3, LinkDetails = 18, LinkNamespace = 28, Kind = 1, Data = 2, Peer = 1;
    private const int WholeAddress = 1, LocalAddress = 2, Destination = 1, Through = 4, Gateway = 5;
    private const byte InternetV4 = 2, InternetV6 = 10, NoDetection = 2, MainTable = 254, Booted = 3, OnThisLink = 253, Unicast = 1;
    private const uint IsUp = 1, OnLink = 4;

    private readonly NetlinkSocket socket = new(NetlinkProtocol.Route);
    private readonly MessageWriter writer = new();

    /// <summary>A cable with one end here, which is up, and the other in another namespace, where it has to be raised.</summary>
    /// <exception cref="NetlinkException">There is a link of that name, or it may not be made.</exception>
    public void Lay(string near, string far, NetworkSpace elsewhere)
    {
        Begin(NewLink, RequestFlags.Create | RequestFlags.Exclusive);
        writer.Raw(Link(IsUp));
        writer.Text(LinkName, near);
        var details = writer.Open(LinkDetails);
        writer.Text(Kind, "veth");
        var data = writer.Open(Data);
        var peer = writer.Open(Peer);
        // An end is raised only once it has another.
        writer.Raw(Link(0));
        writer.Text(LinkName, far);
        writer.Bytes(LinkNamespace, BytesOf(elsewhere.Descriptor));
        writer.Close(peer);
        writer.Close(data);
        writer.Close(details);
        Send($"lay cable {near}");
    }

    public void Raise(string name)
    {
        Begin(NewLink, RequestFlags.None);
        writer.Raw(Link(IsUp));
        writer.Text(LinkName, name);
        Send($"raise link {name}");
    }

    /// <summary>Nothing happens where there is none.</summary>
    public void Remove(string name)
    {
        Begin(DeleteLink, RequestFlags.None);
        writer.Raw(Link(0));
        writer.Text(LinkName, name);
        try
        {
            Send($"remove link {name}");
        }
        catch (NetlinkException gone) when (gone.Error == NetlinkException.NoDevice)
        {
            // It went with its other end.
        }
    }

    /// <summary>Gives a link an address that nobody else has: it is in use at once.</summary>
    public void Add(Address address, string link)
    {
        Begin(NewAddress, RequestFlags.Create | RequestFlags.Exclusive);
        Span<byte> header = stackalloc byte[8];
        (header[0], header[1], header[2]) = (Family(address), (byte)AddressPlan.Bits(address.Family), NoDetection);
        MemoryMarshal.Write(header[4..], Index(link));
        writer.Raw(header);
        writer.Bytes(LocalAddress, BytesOf(address));
        writer.Bytes(WholeAddress, BytesOf(address));
        Send($"give {link} the address {address}");
    }

    /// <summary>The way to one address, on a link.</summary>
    public void AddRoute(Address to, string link)
    {
        BeginRoute(to, (byte)AddressPlan.Bits(to.Family), to.Family == IpFamily.V4 ? OnThisLink : (byte)0, 0);
        writer.Bytes(Destination, BytesOf(to));
        EndRoute(link, $"{to}");
    }

    /// <summary>The way to everywhere else, through a gateway that is taken to be on the link.</summary>
    public void AddDefaultRoute(Address gateway, string link)
    {
        BeginRoute(gateway, 0, 0, OnLink);
        writer.Bytes(Gateway, BytesOf(gateway));
        EndRoute(link, "everywhere");
    }

    public void Dispose() => socket.Dispose();

    private static byte Family(Address address) => address.Family == IpFamily.V4 ? InternetV4 : InternetV6;

    private static byte[] BytesOf(Address address) => address.At(0).Address.GetAddressBytes();

    // Of links and routes, unlike of tables, the kernel speaks in the machine's own byte order.
    private static byte[] BytesOf(int number) => BitConverter.GetBytes(number);

    private static byte[] Link(uint flags)
    {
        var header = new byte[16];
        MemoryMarshal.Write(header.AsSpan(8), flags);
        MemoryMarshal.Write(header.AsSpan(12), IsUp);
        return header;
    }

    private static int Index(string link) => if_nametoindex(link) is not 0 and var index ? (int)index : throw new NetlinkException(NetlinkException.NoDevice, $"find link {link}");

    private void BeginRoute(Address address, byte length, byte scope, uint flags)
    {
        Begin(NewRoute, RequestFlags.Create);
        Span<byte> header = stackalloc byte[12];
        (header[0], header[1], header[4], header[5], header[6], header[7]) = (Family(address), length, MainTable, Booted, scope, Unicast);
        MemoryMarshal.Write(header[8..], flags);
        writer.Raw(header);
    }

    private void EndRoute(string link, string to)
    {
        writer.Bytes(Through, BytesOf(Index(link)));
        Send($"lead to {to} over {link}");
    }

    private void Begin(ushort type, RequestFlags flags)
    {
        writer.Clear();
        writer.Begin(type, flags | RequestFlags.Acknowledge);
    }

    // Each is answered before the next.
    private void Send(string what)
    {
        writer.End();
        socket.Send(writer.Written);
        foreach (var message in socket.Receive())
            if (message.Error != 0)
                throw new NetlinkException(message.Error, what);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);
}
