using System.Buffers.Binary;
using Podwall.Policy;
using static Podwall.Nftables.Model.Expression;

namespace Podwall.Nftables.Model;

/// <summary>Which port of a bridge an address belongs to.</summary>
public sealed class PortMaps : TableMaps
{
    private PortMaps()
    {
    }

    public static PortMaps Instance { get; } = new();

    /// <summary>Index of the port, and the address of the pod behind it.</summary>
    public ByFamily<MapShape> Owner { get; } = new(f => new(f == IpFamily.V4 ? "owner4" : "owner6", MapKind.Hash, [Field.InterfaceIndex, Field.Of(f)]));

    /// <summary>Addresses that belong to one port, or, where it has no owner, to none.</summary>
    public ByFamily<MapShape> Owned { get; } = new(f => new(f == IpFamily.V4 ? "owned4" : "owned6", MapKind.Hash, [Field.Of(f)]));

    public static ElementKey KeyOf(int port, Address address)
    {
        // Indexes are in the machine's byte order.
        var index = BinaryPrimitives.ReverseEndianness((uint)port);
        return address.Family == IpFamily.V4 ? new((UInt128)index << 32 | address.Bits) : new((UInt128)index << 48 | address.Bits >> 80, address.Bits & LowHalf);
    }

    public static int PortOf(IpFamily family, ElementKey key) => (int)BinaryPrimitives.ReverseEndianness((uint)(key.First >> (family == IpFamily.V4 ? 32 : 48) & uint.MaxValue));

    public static Address AddressOf(IpFamily family, ElementKey key) =>
        family == IpFamily.V4 ? new(family, key.First & uint.MaxValue) : new(family, key.First << 80 | key.Second);

    // A key of 20 bytes is two numbers of 10.
    private static readonly UInt128 LowHalf = (UInt128.One << 80) - 1;

    public override IReadOnlyList<MapShape> All => all ??= [.. Owner.Both, .. Owned.Both, Stamp];

    private IReadOnlyList<MapShape>? all;
}

/// <summary>
/// Pods on one bridge reach each other below routing, where the policy table sees the bridge and not its ports. This table
/// sees the ports: nobody may send with, or answer for, an address that belongs to another port.
/// </summary>
public sealed class PortProgram : Program
{
    // A key of port and address fills registers 8 to 12.
    private const int Key = 8, Word1 = 9, Scratch = 16;

    private const ushort Ipv4 = 0x0800, Ipv6 = 0x86dd, Arp = 0x0806;

    private PortProgram()
        : base(TableFamily.Bridge, PortMaps.Instance, ["spoofed"]) => Chains = [new("prerouting", new("prerouting", 0, -300),
        [
            Judged("source", Ipv4, [], IpFamily.V4, Header.Network, 12),
            Judged("sender of ARP", Arp, [], IpFamily.V4, Header.Network, 14),
            Judged("source", Ipv6, [], IpFamily.V6, Header.Network, 8),
            Judged("target of a neighbour's advertisement", Ipv6,
                [new Payload(Header.Network, 6, 1, Scratch), new Compare(Scratch, Equal: true, new byte[] { 58 }), new Payload(Header.Transport, 0, 1, Scratch), new Compare(Scratch, Equal: true, new byte[] { 136 })],
                IpFamily.V6, Header.Transport, 8),
        ])];

    public static PortProgram Instance { get; } = new();

    public PortMaps Maps => PortMaps.Instance;

    public override IReadOnlyList<Chain> Chains { get; }

    private static Rule Judged(string what, ushort etherType, Expression[] more, IpFamily family, Header header, int offset)
    {
        Payload To(int register) => new(header, offset, family.Bits / 8, register);
        return new($"{what}, an address that belongs to another port",
        [
            new Meta(MetaKey.EtherType, Scratch), new Compare(Scratch, Equal: true, new[] { (byte)(etherType >> 8), (byte)(etherType & 0xff) }), .. more,
            To(Scratch), new Find(PortMaps.Instance.Owned[family], Scratch),
            new Meta(MetaKey.InputIndex, Key), To(Word1), new Find(PortMaps.Instance.Owner[family], Key, Holds: false),
            new Count("spoofed"), new End(Outcome.Drop),
        ]);
    }
}
