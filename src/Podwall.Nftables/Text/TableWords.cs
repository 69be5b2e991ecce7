using System.Buffers.Binary;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Text;

/// <summary>What the maps hold in Podwall's words: which pods of this node let in and out whom, on which ports.</summary>
/// <param name="holds">What each map holds.</param>
/// <param name="nameOf">What an address is called; its own text where nobody knows it.</param>
public sealed class TableWords(Func<MapShape, IReadOnlyDictionary<ElementKey, ulong>> holds, Func<Address, string> nameOf)
{
    // More than these are counted, not listed.
    private const int MostPeers = 8;

    private readonly Maps maps = Maps.Instance;
    private readonly Dictionary<uint, string> ports = PortSets(holds);

    public void Write(TextWriter writer)
    {
        foreach (var family in IpFamily.Both)
        {
            var peers = Named(holds(maps.Peer[family]).Select(e => ((uint)e.Value, nameOf(new(family, e.Key.First)))));
            var blocks = Named(holds(maps.Block[family]).Select(e => ((uint)e.Value, new AddressRange(new(family, e.Key.First), new(family, e.Key.Second)).ToString())));
            foreach (var address in holds(maps.Ready[family]).Keys.Select(k => new Address(family, k.First)).Order())
            {
                writer.WriteLine($"{nameOf(address)}  {address}");
                Side(writer, "ingress", "from", maps.SubjectIngress[family], maps.PairIngress);
                Side(writer, "egress ", "to", maps.SubjectEgress[family], maps.PairEgress);

                void Side(TextWriter to, string side, string word, MapShape subjects, MapShape pairs)
                {
                    if (!holds(subjects).TryGetValue(ElementKey.Of(address), out var signature))
                    {
                        to.WriteLine($"  {side}  everything: no policy governs it");
                        return;
                    }

                    var allowed = holds(pairs).Select(p => (Signature: Word(p.Key, 1), Identity: Word(p.Key, 2), Ports: (uint)p.Value))
                        .Where(p => p.Signature == signature)
                        .SelectMany(p => new[] { peers, blocks }.Where(n => n.ContainsKey(p.Identity)).Select(n => (Who: n[p.Identity], What: ports.GetValueOrDefault(p.Ports, "everything"))))
                        .OrderBy(p => p.Who, StringComparer.Ordinal).ToArray();
                    to.WriteLine(allowed.Length == 0 ? $"  {side}  nothing" : $"  {side}  only");
                    foreach (var (who, what) in allowed)
                        to.WriteLine($"    {word} {who}: {what}");
                }
            }
        }
    }

    // A word of a key of three words.
    private static uint Word(ElementKey key, int word) => (uint)(key.First >> 32 * (2 - word) & uint.MaxValue);

    private static Dictionary<uint, string> Named(IEnumerable<(uint Identity, string Name)> all) => all.GroupBy(a => a.Identity).ToDictionary(
        g => g.Key, g => g.Select(a => a.Name).Order(StringComparer.Ordinal).ToArray() is var names && names.Length > MostPeers
            ? $"{string.Join(", ", names.Take(MostPeers))} and {names.Length - MostPeers} more"
            : string.Join(", ", names));

    private static Dictionary<uint, string> PortSets(Func<MapShape, IReadOnlyDictionary<ElementKey, ulong>> holds)
    {
        var maps = Maps.Instance;
        List<Ports> all = [];
        foreach (var (shape, isRange) in new[] { (maps.Port, false), (maps.PortRange, true) })
            foreach (var key in holds(shape).Keys)
            {
                var (first, last) = (Parts(shape, key.First), Parts(shape, isRange ? key.Second : key.First));
                all.Add(new(first.Set, first.Protocol, first.Port, last.Port));
            }

        return all.GroupBy(a => a.Set).ToDictionary(g => g.Key, g => string.Join("; ", g.GroupBy(a => a.Protocol).OrderBy(p => p.Key)
            .Select(p => $"{NameOf(p.Key)} {string.Join(",", p.OrderBy(a => a.First).Select(a => (a.First, a.Last) == (0, ushort.MaxValue) ? "all ports" : a.First == a.Last ? $"{a.First}" : $"{a.First}-{a.Last}"))}")));
    }

    private sealed record Ports(uint Set, byte Protocol, ushort First, ushort Last);

    private static (uint Set, byte Protocol, ushort Port) Parts(MapShape shape, UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[shape.KeyLength];
        shape.Write(key, bytes);
        return (BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), bytes[8], BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]));
    }

    private static string NameOf(byte protocol) => protocol switch { 6 => "TCP", 17 => "UDP", 132 => "SCTP", _ => $"protocol {protocol}" };
}
