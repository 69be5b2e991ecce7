using Podwall.Policy;

namespace Podwall.Nftables.Model;

/// <summary>One map for each address family.</summary>
public sealed class ByFamily<T>(Func<IpFamily, T> make)
{
    private readonly T[] both = [make(IpFamily.V4), make(IpFamily.V6)];

    public T this[IpFamily family] => both[family.Order];

    public IEnumerable<T> Both => both;
}

/// <summary>The maps of policy; see <see cref="PolicyProgram"/> for how a packet walks through them.</summary>
public sealed class Maps : TableMaps
{
    /// <summary>The port set that holds every port of every protocol, and what has no ports.</summary>
    public const uint EverythingId = 1;

    private static readonly Field[] Words2 = [Field.Word, Field.Word], Words3 = [Field.Word, Field.Word, Field.Word];

    private Maps()
    {
    }

    public static Maps Instance { get; } = new();

    /// <summary>How long a cut connection must be silent to be forgotten: longer than TCP waits between two tries (RFC 6298).</summary>
    public static TimeSpan Silence { get; } = TimeSpan.FromSeconds(150);

    /// <summary>The same for UDP: what connection tracking waits for an answer.</summary>
    public static TimeSpan DatagramSilence { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Address of an isolated local pod to signature: pods that the same policies govern share one.</summary>
    public ByFamily<MapShape> SubjectIngress { get; } = new(f => new($"subject_in{Digit(f)}", MapKind.Hash, [Field.Of(f)], valueWords: 1));

    public ByFamily<MapShape> SubjectEgress { get; } = new(f => new($"subject_eg{Digit(f)}", MapKind.Hash, [Field.Of(f)], valueWords: 1));

    /// <summary>Pod address to identity: peers that no local policy tells apart share one.</summary>
    public ByFamily<MapShape> Peer { get; } = new(f => new($"peer{Digit(f)}", MapKind.Hash, [Field.Of(f)], valueWords: 1));

    /// <summary>Address range to the identity of addresses that no local policy tells apart.</summary>
    public ByFamily<MapShape> Block { get; } = new(f => new($"block{Digit(f)}", MapKind.Interval, [Field.Of(f)], valueWords: 1));

    /// <summary>0, signature, identity to port set.</summary>
    public MapShape PairIngress { get; } = new("pair_in", MapKind.Hash, Words3, valueWords: 1);

    public MapShape PairEgress { get; } = new("pair_eg", MapKind.Hash, Words3, valueWords: 1);

    /// <summary>0, port set, protocol, port.</summary>
    public MapShape Port { get; } = new("port", MapKind.Hash, [.. Words2, Field.Protocol, Field.Port]);

    /// <summary>0, port set, protocol, first to last port.</summary>
    public MapShape PortRange { get; } = new("portrange", MapKind.ConcatenatedInterval, [.. Words2, Field.Protocol, Field.Port]);

    /// <summary>Addresses of local pods whose policies are in force.</summary>
    public ByFamily<MapShape> Ready { get; } = new(f => new($"ready{Digit(f)}", MapKind.Hash, [Field.Of(f)]));

    /// <summary>Address and address again of each local pod: nft cannot compare two registers.</summary>
    public ByFamily<MapShape> Self { get; } = new(f => new($"self{Digit(f)}", MapKind.Hash, [Field.Of(f), Field.Of(f)]));

    /// <summary>Where pods of this node get their addresses.</summary>
    public ByFamily<MapShape> Range { get; } = new(f => new($"range{Digit(f)}", MapKind.Interval, [Field.Of(f)]));

    /// <summary>The interfaces behind which pods are, by name or by the beginning of it.</summary>
    public MapShape Interface { get; } = new("interface", MapKind.Interval, [Field.Interface]);

    /// <summary>Source, destination, protocol and ports of connections that were cut, in both directions.</summary>
    public ByFamily<MapShape> Tombstone { get; } = new(f => new($"tombstone{Digit(f)}", MapKind.Expiring, [Field.Of(f), Field.Of(f), Field.Protocol, Field.Word]));

    public override IReadOnlyList<MapShape> All => all ??=
    [
        .. Self.Both, .. Ready.Both, .. Range.Both, .. SubjectIngress.Both, .. SubjectEgress.Both, .. Peer.Both, .. Block.Both,
        PairIngress, PairEgress, Port, PortRange, Interface, .. Tombstone.Both, Stamp,
    ];

    public override IEnumerable<MapShape> Places => [.. Range.Both, Interface];

    public override IEnumerable<MapShape> Readiness => Ready.Both;

    private IReadOnlyList<MapShape>? all;

    private static char Digit(IpFamily family) => family == IpFamily.V4 ? '4' : '6';
}
