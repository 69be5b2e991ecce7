using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>
/// Whether other rules allow all that a rule, or one of its peers, allows: in every cluster, by what is written alone. A rule
/// counts if its policy governs all that the first one governs.
/// </summary>
internal sealed class Coverage(RuleIndex index, NetworkPolicy policy, Direction direction)
{
    /// <summary>The rules that cover a peer on the rule's ports (null is a rule without peers); null where they do not.</summary>
    public IReadOnlyList<RuleId>? OfPeer(CompiledRule rule, Peer? peer, Predicate<(RuleId Id, int? Peer)> counts) => peer switch
    {
        Peer.Unreadable => null,
        Peer.Network network => OfAddresses(rule, network.Addresses, network.IsWholeFamily, counts),
        _ => OfPods(rule, peer, counts),
    };

    /// <summary>The rules that let some addresses through on all ports of a rule, one of whose peers is left out.</summary>
    public static IReadOnlyList<RuleId>? OfAddresses(LintContext context, RuleInContext rule, AddressSet addresses, int skipPeer) =>
        new Coverage(context.IndexOf(rule.Block), rule.Policy, rule.Direction).OfAddresses(rule.Compiled, addresses, isWholeFamily: false, c => c != (rule.Id, skipPeer));

    private List<RuleId>? OfPods(CompiledRule rule, Peer? peer, Predicate<(RuleId, int?)> counts)
    {
        List<RuleId> cover = [];
        var (numbered, names) = (rule.Numbered, rule.Named.ToHashSet());
        foreach (var other in index.ForPods(policy.Subject, direction, peer).Where(p => counts(p.Key)).Select(p => p.Rule))
        {
            var (rest, left) = (numbered.Except(other.Numbered), names.Where(n => !Has(other, n)).ToHashSet());
            if (rest == numbered && left.Count == names.Count)
                continue;
            (numbered, names) = (rest, left);
            cover.Add(other.Id);
            if (numbered.IsNone && names.Count == 0)
                return cover;
        }

        return null;
    }

    private List<RuleId>? OfAddresses(CompiledRule rule, AddressSet addresses, bool isWholeFamily, Predicate<(RuleId, int?)> counts)
    {
        List<RuleId> cover = [];
        // A name means nothing behind a block on egress.
        var names = direction == Direction.Egress ? [] : rule.Named.ToHashSet();
        List<(AddressSet Addresses, Traffic Missing)> left = rule.Numbered.IsNone ? [] : [(addresses, rule.Numbered)];
        if (left.Count == 0 && names.Count == 0)
            return null;
        // An unknown address lies inside a block of the whole family, and inside no other.
        foreach (var parts in index.ForAddresses(policy.Subject, direction, addresses).Where(p => counts(p.Key) && (!isWholeFamily || p.Peer is null or Peer.Network { IsWholeFamily: true })).GroupBy(p => p.Rule))
        {
            var other = parts.Key;
            var held = AddressesOf([.. parts]);
            if (held.Intersect(addresses).IsEmpty)
                continue;
            var holdsAll = addresses.Except(held).IsEmpty;
            var without = Without(left, held, other.Numbered);
            var fewer = holdsAll ? names.Where(n => !Has(other, n)).ToHashSet() : names;
            if (without.SequenceEqual(left) && fewer.Count == names.Count)
                continue;
            (left, names) = (without, fewer);
            cover.Add(other.Id);
            if (left.Count == 0 && names.Count == 0)
                return cover;
        }

        return null;
    }

    private static AddressSet AddressesOf(RulePart[] parts) => parts switch
    {
        [{ Peer: null }] => AddressSet.Everything,
        [{ Peer: Peer.Network one }] => one.Addresses,
        _ => AddressSet.Of(parts.SelectMany(p => ((Peer.Network)p.Peer!).Addresses.Ranges)),
    };

    private static List<(AddressSet, Traffic)> Without(List<(AddressSet Addresses, Traffic Missing)> left, AddressSet held, Traffic allowed) =>
    [
        .. left.SelectMany(l => ((AddressSet Addresses, Traffic Missing)[])[(l.Addresses.Except(held), l.Missing), (l.Addresses.Intersect(held), l.Missing.Except(allowed))])
            .Where(l => !l.Addresses.IsEmpty && !l.Missing.IsNone),
    ];

    private static bool Has(CompiledRule rule, PortMatch.Named name) => rule.Named.Contains(name) || rule.Numbered.Of(name.Protocol).IsAll;

    /// <summary>The first other policy that isolates, in this direction, all that this one does.</summary>
    public NetworkPolicy? Isolating(Func<NetworkPolicy, bool> counts) => index.Governing(policy.Subject, direction)
        .Select(s => s.FirstOrDefault(p => p.Policy.Id != policy.Id && counts(p.Policy)))
        .Where(p => p.Policy is not null).OrderBy(p => p.Place).Select(p => p.Policy).FirstOrDefault();
}
