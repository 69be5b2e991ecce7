using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Lowering;

/// <summary>The sets of ports in use, by number.</summary>
internal sealed class PortSets(Maps maps, Contents contents)
{
    // Below this a range is spelled out: a hash finds a port faster than a list of ranges does, and takes a change faster.
    private const int SpelledOut = 32;

    private readonly Dictionary<Traffic, (uint Id, int Uses)> used = [];
    private readonly HashSet<uint> taken = [0, Maps.EverythingId];

    public uint Take(Traffic traffic)
    {
        if (traffic.IsEverything)
            return Maps.EverythingId;
        if (used.TryGetValue(traffic, out var known))
        {
            used[traffic] = (known.Id, known.Uses + 1);
            return known.Id;
        }

        var id = (uint)(Hash.Of(traffic.ToString()) >> 32);
        while (!taken.Add(id))
            id = unchecked(id + 1);
        used[traffic] = (id, 1);
        foreach (var (map, key) in Elements(traffic, id))
            map.Set(key);
        return id;
    }

    public void Release(Traffic traffic)
    {
        if (traffic.IsEverything)
            return;
        var (id, uses) = used[traffic];
        used[traffic] = (id, uses - 1);
        if (uses > 1)
            return;
        used.Remove(traffic);
        taken.Remove(id);
        foreach (var (map, key) in Elements(traffic, id))
            map.Remove(key);
    }

    private IEnumerable<(MapContent, ElementKey)> Elements(Traffic traffic, uint id)
    {
        foreach (var protocol in ProtocolNames.WithPorts.AsEnumerable())
            foreach (var range in traffic.Of(protocol).Ranges)
                if (range.Count > SpelledOut)
                    yield return (contents[maps.PortRange], new(Key(id, protocol, range.First), Key(id, protocol, range.Last)));
                else
                    for (int port = range.First; port <= range.Last; port++)
                        yield return (contents[maps.Port], new(Key(id, protocol, port)));
    }

    // 0, port set, protocol and port, each in a word of its own and at its beginning.
    private static UInt128 Key(uint id, Protocol protocol, int port) => (UInt128)id << 64 | (UInt128)NumberOf(protocol) << 56 | (UInt128)port << 16;

    private static byte NumberOf(Protocol protocol) => protocol switch
    {
        Protocol.Tcp => 6,
        Protocol.Udp => 17,
        _ => 132,
    };
}
