using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>One peer of a rule, or the whole of a rule without peers, and the place of the rule in its namespace.</summary>
internal readonly record struct RulePart(int Order, CompiledRule Rule, int? Index, Peer? Peer)
{
    public (RuleId Id, int? Peer) Key => (Rule.Id, Index);
}

/// <summary>The rules of one namespace by subject, direction and peer: what may cover a rule need not be searched among all.</summary>
internal sealed class RuleIndex
{
    private readonly WiderSelectors<Subject> subjects = new();
    private readonly Dictionary<Selector, Subject[]> wider = [];

    public RuleIndex(CompiledBlock block)
    {
        Dictionary<Selector, Subject> bySelector = [];
        var order = 0;
        foreach (var (policy, place) in block.Policies.Select((p, i) => (p, i)))
        {
            if (!bySelector.TryGetValue(policy.Source.Subject, out var subject))
                subjects.Add(policy.Source.Subject, bySelector[policy.Source.Subject] = subject = new(block.Source.Name));
            subject.Policies.Add((place, policy.Source));
            foreach (var rule in policy.Rules)
                subject.In(rule.Id.Direction).Add(order++, rule, LintContext.Source(policy.Source, rule.Id));
        }
    }

    /// <summary>The policies that govern all that a subject selects, one subject after the other, each with its place in the namespace.</summary>
    public IEnumerable<IEnumerable<(int Place, NetworkPolicy Policy)>> Governing(Selector subject, Direction direction) =>
        Wider(subject).Select(w => w.Policies.Where(p => p.Policy.Governs(direction)));

    /// <summary>Of such policies, what lets through all pods of a peer (null is everyone), in the order of the rules.</summary>
    public IEnumerable<RulePart> ForPods(Selector subject, Direction direction, Peer? peer) => InOrder(Wider(subject), w => w.In(direction).ForPods(peer));

    /// <summary>Of such policies, what lets through some of the addresses, in the order of the rules.</summary>
    public IEnumerable<RulePart> ForAddresses(Selector subject, Direction direction, AddressSet addresses) => InOrder(Wider(subject), w => w.In(direction).ForAddresses(addresses));

    private static IEnumerable<RulePart> InOrder(Subject[] wider, Func<Subject, IReadOnlyList<RulePart>> parts) =>
        wider is [var one] ? parts(one) : wider.SelectMany(parts).OrderBy(p => p.Order);

    private Subject[] Wider(Selector subject)
    {
        if (!wider.TryGetValue(subject, out var found))
            wider[subject] = found = [.. subjects.ImpliedBy(subject)];
        return found;
    }

    private sealed class Subject(string ns)
    {
        private readonly RuleParts ingress = new(ns), egress = new(ns);

        public List<(int Place, NetworkPolicy Policy)> Policies { get; } = [];

        public RuleParts In(Direction direction) => direction == Direction.Ingress ? ingress : egress;
    }
}

/// <summary>The parts of some rules by what they let through.</summary>
internal sealed class RuleParts(string ns)
{
    private readonly List<RulePart> forEveryone = [];
    private readonly Dictionary<Peer, List<RulePart>> byPeer = [];
    private readonly WiderSelectors<(Peer Peer, List<RulePart> Parts)> bySelector = new();
    private readonly Dictionary<Peer, RulePart[]> found = [];
    private readonly Dictionary<Cidr, List<RulePart>> byBlock = [];
    private readonly HashSet<(IpFamily Family, int Prefix)> prefixes = [];
    private Cidr[]? blocks;

    /// <summary>Rules are added in their order, and before anything is asked.</summary>
    public void Add(int order, CompiledRule rule, Rule source)
    {
        if (source.AnyPeer)
            forEveryone.Add(new(order, rule, null, null));
        for (var i = 0; i < source.Peers.Count; i++)
            ListOf(source.Peers[i])?.Add(new(order, rule, i, source.Peers[i]));
    }

    /// <summary>In the order of the rules.</summary>
    public IReadOnlyList<RulePart> ForPods(Peer? peer)
    {
        if (peer is null || Implication.Selectors(peer, ns) is not var (namespaces, pods))
            return forEveryone;
        if (!found.TryGetValue(peer, out var parts))
            found[peer] = parts = [.. (Implication.IsNever(namespaces) ? bySelector.All : bySelector.ImpliedBy(pods)).Where(p => Implication.Implies(peer, p.Peer, ns))
                .SelectMany(p => p.Parts).Concat(forEveryone).OrderBy(p => p.Order)];
        return parts;
    }

    /// <inheritdoc cref="ForPods"/>
    public IReadOnlyList<RulePart> ForAddresses(AddressSet addresses) =>
        [.. addresses.Ranges.SelectMany(Overlapping).Distinct().SelectMany(b => byBlock[b]).Concat(forEveryone).OrderBy(p => p.Order)];

    // Blocks are nested or apart: those that overlap begin inside the range, or hold its first address.
    private IEnumerable<Cidr> Overlapping(AddressRange range)
    {
        blocks ??= [.. byBlock.Keys.OrderBy(b => b.Network)];
        foreach (var (family, prefix) in prefixes)
            if (family == range.First.Family && Cidr.Around(range.First, prefix) is var around && byBlock.ContainsKey(around))
                yield return around;
        for (var at = FirstFrom(range.First); at < blocks.Length && blocks[at].Network <= range.Last; at++)
            yield return blocks[at];
    }

    private int FirstFrom(Address address)
    {
        var (low, high) = (0, blocks!.Length);
        while (low < high)
            if ((low + high) >>> 1 is var middle && blocks[middle].Network < address)
                low = middle + 1;
            else
                high = middle;
        return low;
    }

    private List<RulePart>? ListOf(Peer peer)
    {
        if (peer is Peer.Network { Block: var block })
        {
            if (!byBlock.TryGetValue(block, out var ofBlock))
                byBlock[block] = ofBlock = [];
            prefixes.Add((block.Family, block.PrefixLength));
            return ofBlock;
        }

        if (Implication.Selectors(peer, ns) is not var (_, pods))
            return null;
        if (!byPeer.TryGetValue(peer, out var ofPeer))
            bySelector.Add(pods, (peer, byPeer[peer] = ofPeer = []));
        return ofPeer;
    }
}
