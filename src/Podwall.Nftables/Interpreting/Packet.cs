using Podwall.Policy;

namespace Podwall.Nftables.Interpreting;

/// <summary>A packet as the rules see it, and what the kernel would say about it.</summary>
public sealed class Packet
{
    public required IpFamily Family { get; init; }

    /// <summary>From the first byte of the IP header.</summary>
    public required byte[] Network { get; init; }

    /// <summary>From the first byte of what the IP header carries.</summary>
    public required byte[] Transport { get; init; }

    /// <summary>The number of the carried protocol.</summary>
    public required byte Protocol { get; init; }

    public string InputInterface { get; init; } = "";

    public string OutputInterface { get; init; } = "";

    public Model.ConnectionState State { get; init; } = Model.ConnectionState.New;

    /// <summary>Whether the source address is the node's own.</summary>
    public bool FromNode { get; init; }

    /// <summary>Whether answers to the source go out where the packet came in.</summary>
    public bool OnReversePath { get; init; } = true;

    /// <summary>0 for a packet to this host or to another, 1 for broadcast, 2 for multicast.</summary>
    public byte PacketType { get; init; }

    /// <summary>A first packet of a connection.</summary>
    public static Packet Opening(Address source, Address destination, Protocol protocol, int port) => Opening(source, destination, protocol switch
    {
        Policy.Protocol.Tcp => (byte)6,
        Policy.Protocol.Udp => (byte)17,
        Policy.Protocol.Sctp => (byte)132,
        _ => source.Family == IpFamily.V4 ? (byte)1 : (byte)58,
    }, port);

    /// <summary>The same, with the protocol's number (IANA).</summary>
    public static Packet Opening(Address source, Address destination, byte number, int port)
    {
        var length = source.Family.Bits / 8;
        var network = new byte[source.Family == IpFamily.V4 ? 20 : 40];
        network[source.Family == IpFamily.V4 ? 9 : 6] = number;
        network[source.Family == IpFamily.V4 ? 8 : 7] = 64;
        Write(source, network.AsSpan(network.Length - 2 * length, length));
        Write(destination, network.AsSpan(network.Length - length, length));
        byte[] transport = number is 1 or 58 ? [source.Family == IpFamily.V4 ? (byte)8 : (byte)128, 0, 0, 0, 0, 0, 0, 0] : [0xc0, 0x00, (byte)(port >> 8), (byte)(port & 0xff), 0, 0, 0, 0];
        return new() { Family = source.Family, Network = network, Transport = transport, Protocol = number };
    }

    private static void Write(Address address, Span<byte> target)
    {
        var bits = address.Bits;
        for (var i = target.Length - 1; i >= 0; i--, bits >>= 8)
            target[i] = (byte)(bits & 0xff);
    }
}
