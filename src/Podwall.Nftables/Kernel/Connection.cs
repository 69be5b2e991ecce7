using System.Buffers.Binary;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Kernel;

/// <summary>One direction of a connection; the ports are 0 where the protocol has none.</summary>
public readonly record struct Way(Address Source, Address Destination, byte Protocol, ushort SourcePort, ushort DestinationPort)
{
    public bool HasPorts => Protocol is 6 or 17 or 33 or 132 or 136;

    /// <summary>The direction of its answers.</summary>
    public Way Back => new(Destination, Source, Protocol, DestinationPort, SourcePort);
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

/// <summary>Which direction of a connection a tuple is; the kernel keeps it for us.</summary>
internal enum TombSide
{
    /// <summary>Nobody buried it: a packet met one just as it was lifted, and renewed what was not there any more.</summary>
    None,

    /// <summary>In which it was opened, as policy judges it.</summary>
    Opening,
    Answer,
}

/// <summary>The tuple of one direction of a connection that was cut, as the packet filter compares it.</summary>
internal sealed record Tomb(IpFamily Family, byte[] Key, TimeSpan Silence, TombSide Side)
{
    /// <summary>Both directions of a connection.</summary>
    public static Tomb[] Of(Way way) =>
        [One(way, TombSide.Opening), One(way.Back, TombSide.Answer)];

    /// <summary>One that the kernel holds.</summary>
    public static Tomb Held(IpFamily family, ReadOnlySpan<byte> key, TombSide side) =>
        new(family, key.ToArray(), SilenceOf(key[2 * family.Bits / 8]), side);

    /// <summary>How the connection was opened; null where that is not known.</summary>
    public Way? Opening => Side switch { TombSide.Opening => Way, TombSide.Answer => Way.Back, _ => null };

    private Way Way
    {
        get
        {
            var length = Family.Bits / 8;
            var ports = Key.AsSpan(2 * length + 4, 4);
            return new(new(Family, MapShape.Number(Key.AsSpan(0, length))), new(Family, MapShape.Number(Key.AsSpan(length, length))), Key[2 * length],
                BinaryPrimitives.ReadUInt16BigEndian(ports), BinaryPrimitives.ReadUInt16BigEndian(ports[2..]));
        }
    }

    private static TimeSpan SilenceOf(byte protocol) => protocol == 17 ? Maps.DatagramSilence : Maps.Silence;

    private static Tomb One(Way way, TombSide side)
    {
        var length = way.Source.Family.Bits / 8;
        // A key of whole registers: the addresses, the protocol, both ports.
        var key = new byte[2 * length + 8];
        var shape = Maps.Instance.Tombstone[way.Source.Family];
        shape.Write(way.Source.Bits, key.AsSpan(0, length));
        shape.Write(way.Destination.Bits, key.AsSpan(length, length));
        key[2 * length] = way.Protocol;
        shape.Write((uint)way.SourcePort << 16 | way.DestinationPort, key.AsSpan(2 * length + 4, 4));
        return new(way.Source.Family, key, SilenceOf(way.Protocol), side);
    }
}
