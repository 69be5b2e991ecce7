using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>One direction of a connection; the ports are 0 where the protocol has none.</summary>
public readonly record struct Way(Address Source, Address Destination, byte Protocol, ushort SourcePort, ushort DestinationPort)
{
    public bool HasPorts => Protocol is 6 or 17 or 33 or 132 or 136;
}

/// <summary>
/// A connection that the kernel tracks: how its packets come in, and how the answers do, each before address translation.
/// </summary>
public readonly record struct Connection(Way Original, Way Reply)
{
    /// <summary>Its first packet as policy sees it: after destination NAT, before source NAT.</summary>
    public Way Judged => Original with { Destination = Reply.Source, DestinationPort = Reply.SourcePort };

    public bool Holds(Func<Address, bool> address) =>
        address(Original.Source) || address(Original.Destination) || address(Reply.Source) || address(Reply.Destination);
}

/// <summary>The tuple of one direction of a connection that was cut, as the packet filter compares it.</summary>
internal sealed record Tomb(IpFamily Family, byte[] Key, TimeSpan Silence)
{
    /// <summary>Both directions of a connection.</summary>
    public static Tomb[] Of(Way way) =>
        [One(way), One(new(way.Destination, way.Source, way.Protocol, way.DestinationPort, way.SourcePort))];

    private static Tomb One(Way way)
    {
        var length = way.Source.Family.Bits / 8;
        // A key of whole registers: the addresses, the protocol, both ports.
        var key = new byte[2 * length + 8];
        var shape = Maps.Instance.Tombstone[way.Source.Family];
        shape.Write(way.Source.Bits, key.AsSpan(0, length));
        shape.Write(way.Destination.Bits, key.AsSpan(length, length));
        key[2 * length] = way.Protocol;
        shape.Write((uint)way.SourcePort << 16 | way.DestinationPort, key.AsSpan(2 * length + 4, 4));
        return new(way.Source.Family, key, way.Protocol == 17 ? Maps.DatagramSilence : Maps.Silence);
    }
}
