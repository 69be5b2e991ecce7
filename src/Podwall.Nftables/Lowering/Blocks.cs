using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Nftables.Lowering;

/// <summary>The address space, cut where some rule of local pods cuts it; ranges that no rule tells apart share an identity.</summary>
internal sealed class Blocks(Maps maps, Contents contents, Pairs pairs)
{
    private readonly List<Identity> identities = [];
    private readonly IdentityNumbers numbers = new(kind: 1);

    public IEnumerable<Identity> Identities => identities;

    /// <summary>Whether two sets of rules cut the address space alike.</summary>
    public static bool CutAlike(LocalRules one, LocalRules other) => Cutting(one).SequenceEqual(Cutting(other));

    private static IEnumerable<(int, bool, AddressSet?)> Cutting(LocalRules rules) =>
        rules.All.Where(Cuts).Select(r => (r.Number, r.Rule.AnyPeer, r.Rule.Networks));

    private static bool Cuts(LocalRule local) => local.Rule.AnyPeer || local.Rule.Networks is not null;

    public void Rebuild(LocalRules rules)
    {
        foreach (var identity in identities)
            pairs.Remove(identity);
        numbers.Clear();
        Dictionary<ValueList<int>, Identity> byRules = [];
        Dictionary<IpFamily, List<(AddressRange Range, Identity Identity)>> parts = [];
        foreach (var family in IpFamily.Both)
        {
            parts[family] = [];
            foreach (var (range, matching) in Partition(rules, family))
            {
                if (!byRules.TryGetValue(matching, out var identity))
                    byRules[matching] = identity = new([new(matching, [])]);
                identity.Take(Hash.Of(range.First));
                parts[family].Add((range, identity));
            }
        }

        identities.Clear();
        foreach (var identity in byRules.Values.OrderBy(i => i.Least))
        {
            numbers.Assign(identity);
            pairs.Set(identity, rules);
            identities.Add(identity);
        }

        foreach (var family in IpFamily.Both)
            contents[maps.Block[family]].Replace(parts[family].ToDictionary(p => new ElementKey(p.Range.First.Bits, p.Range.Last.Bits), p => (ulong)p.Identity.Id));
    }

    // Sweeps from the lowest address to the highest, with the rules that hold the address at hand.
    private static IEnumerable<(AddressRange Range, ValueList<int> Rules)> Partition(LocalRules rules, IpFamily family)
    {
        List<(UInt128 At, bool Opens, int Rule)> edges = [];
        SortedSet<int> open = [];
        foreach (var local in rules.All.Where(Cuts))
            if (local.Rule.AnyPeer)
                open.Add(local.Number);
            else
                foreach (var range in local.Rule.Networks!.Of(family).Ranges)
                {
                    edges.Add((range.First.Bits, true, local.Number));
                    if (range.Last.Bits != family.Highest)
                        edges.Add((range.Last.Bits + 1, false, local.Number));
                }

        edges.Sort((a, b) => a.At.CompareTo(b.At));
        UInt128 from = 0;
        ValueList<int> now = open.ToValueList();
        for (var i = 0; i < edges.Count;)
        {
            var at = edges[i].At;
            for (; i < edges.Count && edges[i].At == at; i++)
                if (edges[i].Opens)
                    open.Add(edges[i].Rule);
                else
                    open.Remove(edges[i].Rule);
            var next = open.ToValueList();
            // Where one range ends and another of the same rules begins, nothing changes.
            if (next == now)
                continue;
            if (now.Count > 0 && at > from)
                yield return (new(new(family, from), new(family, at - 1)), now);
            (from, now) = (at, next);
        }

        if (now.Count > 0)
            yield return (new(new(family, from), new(family, family.Highest)), now);
    }
}
