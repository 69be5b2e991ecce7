using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Lowering;

/// <summary>What each signature allows each identity, and the port sets that this needs.</summary>
internal sealed class Pairs(Maps maps, Contents contents, PortSets ports)
{
    /// <summary>Makes the maps hold what the rules allow an identity.</summary>
    public void Set(Identity identity, LocalRules rules)
    {
        var wanted = Allowed(identity, rules);
        foreach (var pair in wanted)
            contents[MapOf(pair.Direction)].Set(KeyOf(pair, identity), ports.Take(pair.Traffic));
        foreach (var pair in identity.Pairs)
        {
            ports.Release(pair.Traffic);
            if (!wanted.Exists(p => p.Signature == pair.Signature && p.Direction == pair.Direction))
                contents[MapOf(pair.Direction)].Remove(KeyOf(pair, identity));
        }

        identity.Pairs = wanted;
    }

    public void Remove(Identity identity)
    {
        foreach (var pair in identity.Pairs)
        {
            ports.Release(pair.Traffic);
            contents[MapOf(pair.Direction)].Remove(KeyOf(pair, identity));
        }

        identity.Pairs = [];
    }

    private MapShape MapOf(Direction direction) => direction == Direction.Ingress ? maps.PairIngress : maps.PairEgress;

    private static ElementKey KeyOf(Pair pair, Identity identity) => new(((UInt128)pair.Signature << 32) | identity.Id);

    private static List<Pair> Allowed(Identity identity, LocalRules rules)
    {
        Dictionary<Signature, Traffic>? all = null;
        foreach (var row in identity.Rows)
        {
            var allowed = Allowed(row, rules);
            // Pods that contend for an address may do only what each of them may.
            all = all is null ? allowed : all.Where(a => allowed.ContainsKey(a.Key)).ToDictionary(a => a.Key, a => a.Value.Intersect(allowed[a.Key]));
        }

        return [.. all!.Where(a => !a.Value.IsNone).Select(a => new Pair(a.Key.Direction, a.Key.Id, a.Value))];
    }

    private static Dictionary<Signature, Traffic> Allowed(Row row, LocalRules rules)
    {
        Dictionary<(Signature Signature, int Side), Traffic> bySide = [];
        foreach (var number in row.Rules)
        {
            var local = rules.All[number];
            foreach (var side in local.Sides)
            {
                // The port is the destination's: the subject's for ingress, the peer's for egress.
                var names = side.Signature.Direction == Direction.Ingress ? side.Signature.Names : row.Names;
                bySide[side] = bySide.GetValueOrDefault(side, Traffic.None).Union(local.Rule.TrafficTo(names));
            }
        }

        return bySide.GroupBy(s => s.Key.Signature).Where(g => g.Count() == g.Key.Sides.Length)
            .ToDictionary(g => g.Key, g => g.Select(s => s.Value).Aggregate((one, other) => one.Intersect(other)));
    }
}
