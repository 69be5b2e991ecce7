using Podwall.Policy.Reporting;

namespace Podwall.Policy.Comparing;

/// <summary>
/// What a difference leaves open for want of a fact: the labels of a namespace that no object declares, the address of a
/// pod. Every way in which the missing facts could tell rules apart is tried; what comes out the same each time is decided.
/// </summary>
internal sealed class Undecided(Compiled before, Compiled after)
{
    // More ways than these are not tried one by one: whatever any rule could do then counts as open.
    private const int MostWays = 256;

    private readonly Dictionary<(PodId, PodId), Open> open = [];

    public ValueList<UndecidedChange> Changes { get; private set; } = [];

    public Undecided Find(IEnumerable<MatchedClass> matched)
    {
        var classes = matched.SelectMany(m => Present.Of(m, before)).ToArray();
        var lacking = classes.Where(c => c.LacksFacts(before, after)).ToHashSet();
        if (lacking.Count > 0)
            foreach (var (from, to) in Touched(classes, lacking))
                if (Of(from, to) is { IsNone: false } found)
                    open[(from.Pods[0].Id, to.Pods[0].Id)] = found with { From = from.Pods, To = to.Pods };
        Changes = [.. open.Values.GroupBy(o => (o.To, o.MayOpen, o.MayClose, o.Missing)).Select(g => (From: Union(g.Select(o => o.From)), g.Key))
            .GroupBy(o => (o.From, o.Key.MayOpen, o.Key.MayClose, o.Key.Missing))
            .Select(g => new UndecidedChange(PathEnd.Of(g.Key.From), PathEnd.Of(Union(g.Select(o => o.Key.To))), g.Key.MayOpen, g.Key.MayClose, g.Key.Missing))];
        return this;
    }

    /// <summary>What of a path holds whatever the missing facts are.</summary>
    public IEnumerable<Path> Settle(Path path) => path.From.IsOutside || path.To.IsOutside || open.Count == 0
        ? [path]
        : from source in Present.Apart(path.From.Pods, before)
          from target in Present.Apart(path.To.Pods, before)
          let left = open.GetValueOrDefault((source[0].Id, target[0].Id), Open.Nothing)
          let rest = path.Traffic.Except(path.Opens ? left.MayOpen : left.MayClose)
          where !rest.IsNone
          select path with { From = PathEnd.Of(source), To = PathEnd.Of(target), Traffic = rest };

    private static ValueList<Pod> Union(IEnumerable<ValueList<Pod>> pods) => pods.SelectMany(p => p).DistinctBy(p => p.Id).ToValueList();

    // A pair that the same rules judge on both sides ends the same way, whatever is missing.
    private IEnumerable<(Present From, Present To)> Touched(Present[] classes, HashSet<Present> lacking)
    {
        Present[] sending = [.. classes.Where(c => HasChanged(c, Direction.Egress))];
        foreach (var to in classes)
            foreach (var from in HasChanged(to, Direction.Ingress) ? classes : sending)
                if ((lacking.Contains(from) || lacking.Contains(to)) && (from != to || to.Pods.Count > 1 || to.Pods[0].StandsForReplicas))
                    yield return (from, to);
    }

    private bool HasChanged(Present end, Direction direction) =>
        !SamePolicies(end.Before.IsolatedBy(direction), end.After.IsolatedBy(direction), direction);

    private bool SamePolicies(ValueList<PolicyId> was, ValueList<PolicyId> now, Direction direction) =>
        was == now && was.All(id => before.Snapshot.Find(id)!.Rules(direction) == after.Snapshot.Find(id)!.Rules(direction));

    private Open Of(Present from, Present to)
    {
        var (out_, in_) = (Ways(from, to, Direction.Egress), Ways(to, from, Direction.Ingress));
        var (mayOpen, mayClose, missing) = (Traffic.None, Traffic.None, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var family in IpFamily.Both)
        {
            if ((from.Families & to.Families & family.AsSet()) == 0)
                continue;
            Sweep opened = new(), closed = new();
            foreach (var egress in out_.Ways)
                foreach (var ingress in in_.Ways)
                {
                    var was = egress.Before[family].Intersect(ingress.Before[family]);
                    var now = egress.After[family].Intersect(ingress.After[family]);
                    opened.Add(now.Except(was));
                    closed.Add(was.Except(now));
                }

            (mayOpen, mayClose) = (mayOpen.Union(opened.Open), mayClose.Union(closed.Open));
        }

        if (mayOpen.IsNone && mayClose.IsNone)
            return Open.Nothing;
        missing.UnionWith(out_.Missing);
        missing.UnionWith(in_.Missing);
        return new(mayOpen, mayClose, [.. missing]);
    }

    /// <summary>What one side allows to or from a peer, in every way in which the peer's missing facts could be.</summary>
    private (List<Way> Ways, IEnumerable<string> Missing) Ways(Present subject, Present peer, Direction direction)
    {
        var (was, now) = (Rules(before, subject.Before, direction), Rules(after, subject.After, direction));
        var destination = direction == Direction.Ingress ? subject : peer;
        Question[] asked = [.. (was ?? []).Concat(now ?? []).SelectMany(r => r.Rule.Peers).Select(p => Question.Of(p, peer, before, after)).OfType<Question>().Distinct()];
        if (asked.Length == 0)
            return ([Judge(_ => false)], []);
        var answers = Question.Answers(asked, MostWays);
        return ([.. answers.Select(a => Judge(a.Contains))], asked.Select(q => q.Fact).Distinct());

        Way Judge(Func<Question, bool> holds) => new(
            IpFamily.Both.ToDictionary(f => f, f => Allowed(was, peer, destination, direction, f, before, holds)),
            IpFamily.Both.ToDictionary(f => f, f => Allowed(now, peer, destination, direction, f, after, holds)));
    }

    private static List<(string Namespace, Rule Rule)>? Rules(Compiled compiled, PodClass member, Direction direction) => member.IsIsolated(direction)
        ? [.. member.IsolatedBy(direction).SelectMany(id => compiled.Snapshot.Find(id)!.Rules(direction)!.Value.Select(r => (id.Namespace, r)))]
        : null;

    private Traffic Allowed(List<(string Namespace, Rule Rule)>? rules, Present peer, Present destination, Direction direction, IpFamily family, Compiled at, Func<Question, bool> holds)
    {
        if (rules is null)
            return Traffic.Everything;
        var traffic = Traffic.None;
        foreach (var (ns, rule) in rules)
        {
            var bySelector = rule.AnyPeer || rule.Peers.Any(p => p is not Peer.Network && Selects(p));
            if (bySelector || rule.Peers.Any(p => p is Peer.Network && Selects(p)))
                traffic = traffic.Union(Ports(rule, direction == Direction.Egress && !bySelector ? [] : destination.PodIn(at, after).Ports));

            bool Selects(Peer written) => Question.Of(written, peer, before, after) is { } question
                ? holds(question) && question.IsAbout(family)
                : written switch
                {
                    Peer.PodsHere(var pods) => peer.Namespace == ns && pods.Selects(peer.PodIn(at, after).Labels),
                    Peer.PodsIn(var namespaces, var pods) => namespaces.Selects(at.Snapshot.Find(peer.Namespace)!.Labels) && pods.Selects(peer.PodIn(at, after).Labels),
                    Peer.Network network => peer.PodIn(at, after).AddressOf(family) is { } address ? network.Addresses.Contains(address) : network.IsWholeFamily && network.Block.Family == family && peer.PodIn(at, after).Addresses.Count == 0,
                    _ => false,
                };
        }

        return traffic;
    }

    private static Traffic Ports(Rule rule, ValueList<ContainerPort> named) => rule.AnyPort
        ? Traffic.Everything
        : rule.Ports.Aggregate(Traffic.None, (traffic, port) => traffic.Union(Traffic.Of(port.Protocol, port switch
        {
            PortMatch.Numbered(_, var range) => PortSet.Of(range),
            PortMatch.Named name => name.In(named),
            _ => PortSet.All,
        })));

    private sealed record Way(Dictionary<IpFamily, Traffic> Before, Dictionary<IpFamily, Traffic> After);

    private sealed record Open(Traffic MayOpen, Traffic MayClose, ValueList<string> Missing)
    {
        public static Open Nothing { get; } = new(Traffic.None, Traffic.None, []);

        public bool IsNone => MayOpen.IsNone && MayClose.IsNone;

        public ValueList<Pod> From { get; init; } = [];

        public ValueList<Pod> To { get; init; } = [];
    }

    /// <summary>What comes out in some of the ways, and not in all.</summary>
    private sealed class Sweep
    {
        private Traffic some = Traffic.None;
        private Traffic all = Traffic.Everything;

        public Traffic Open => some.Except(all);

        public void Add(Traffic traffic) => (some, all) = (some.Union(traffic), all.Intersect(traffic));
    }
}

/// <summary>A class of both snapshots, without pods that do not exist yet.</summary>
internal sealed class Present(PodClass was, PodClass now, ValueList<Pod> pods)
{
    public PodClass Before => was;

    public PodClass After => now;

    public ValueList<Pod> Pods => pods;

    public string Namespace => Pods[0].Namespace;

    public IpFamilies Families => After.Families;

    public static IEnumerable<Present> Of(MatchedClass matched, Compiled before) =>
        Apart(matched.Pods.Where(p => !Futures.IsFuture(p)).ToValueList(), before).Select(pods => new Present(matched.Before, matched.After, pods));

    /// <summary>Pods whose addresses are known may be in one class with those whose are not.</summary>
    public static IEnumerable<ValueList<Pod>> Apart(ValueList<Pod> pods, Compiled before) => pods.GroupBy(p => IsPlaced(p, before)).Select(g => g.ToValueList());

    private static bool IsPlaced(Pod pod, Compiled before) => pod.Addresses.Count > 0 && before.Snapshot.Find(pod.Id) is { Addresses.Count: > 0 };

    public bool IsUnplaced(Compiled before) => !IsPlaced(Pods[0], before);

    /// <summary>One of the pods, as a snapshot has it.</summary>
    public Pod PodIn(Compiled at, Compiled after) => at == after ? Pods[0] : at.Snapshot.Find(Pods[0].Id)!;

    public bool LacksFacts(Compiled before, Compiled after) => IsUnplaced(before)
        || before.Snapshot.Find(Namespace) is { IsDeclared: false } || after.Snapshot.Find(Namespace) is { IsDeclared: false };
}

/// <summary>What a rule would have to know about a peer, and does not.</summary>
internal abstract record Question(string Fact)
{
    private sealed record OfLabels(string Fact, Selector Namespaces) : Question(Fact);

    private sealed record OfAddress(string Fact, Peer.Network Network) : Question(Fact)
    {
        public override bool IsAbout(IpFamily family) => Network.Block.Family == family;
    }

    public virtual bool IsAbout(IpFamily family) => true;

    /// <summary>Null where the facts that there are decide.</summary>
    public static Question? Of(Peer written, Present peer, Compiled before, Compiled after)
    {
        switch (written)
        {
            case Peer.PodsIn(var namespaces, var pods) when before.Snapshot.Find(peer.Namespace)!.IsDeclared is false || after.Snapshot.Find(peer.Namespace)!.IsDeclared is false:
                var byName = Selector.Of(namespaces.Requirements.Where(r => r.Key == NamespaceBlock.NameLabel));
                return namespaces.Requirements.Count > byName.Requirements.Count && byName.Selects(Labels.Of((NamespaceBlock.NameLabel, peer.Namespace))) && pods.Selects(peer.Pods[0].Labels)
                    ? new OfLabels($"namespace {peer.Namespace} has no labels here", namespaces)
                    : null;
            case Peer.Network { IsWholeFamily: false } network when peer.IsUnplaced(before):
                return new OfAddress($"the addresses of pods of {peer.Namespace} are not known here", network);
            default:
                return null;
        }
    }

    /// <summary>Every set of questions that the same facts could answer with yes, or, where those are too many, every set at all.</summary>
    public static IEnumerable<HashSet<Question>> Answers(Question[] asked, int most)
    {
        var (labels, blocks) = (asked.OfType<OfLabels>().ToArray(), asked.OfType<OfAddress>().ToArray());
        var ofLabels = LabelsThatTell(labels.Select(l => l.Namespaces), most) is { } kinds
            ? kinds.Select(k => labels.Where(l => l.Namespaces.Requirements.Where(r => r.Key != NamespaceBlock.NameLabel).All(r => r.Holds(k))).ToHashSet<Question>())
            : Extremes(labels);
        var ofBlocks = AddressesThatTell(blocks).Select(a => blocks.Where(b => a is { } address && b.Network.Addresses.Contains(address)).ToHashSet<Question>());
        HashSet<Question>[] some = [.. ofLabels.DistinctBy(Key)], others = [.. ofBlocks.DistinctBy(Key)];
        return some.SelectMany(l => others.Select(b => l.Concat(b).ToHashSet()));

        string Key(HashSet<Question> yes) => string.Concat(asked.Select(q => yes.Contains(q) ? '1' : '0'));
    }

    // None, and each alone: what opens needs one rule more than before, and no other.
    private static IEnumerable<HashSet<Question>> Extremes(OfLabels[] labels) => labels.Select(l => new HashSet<Question> { l }).Append([]);

    private static List<Labels>? LabelsThatTell(IEnumerable<Selector> selectors, int most)
    {
        List<Labels> kinds = [Labels.None];
        foreach (var key in selectors.SelectMany(s => s.Requirements).Where(r => r.Key != NamespaceBlock.NameLabel).GroupBy(r => r.Key))
        {
            string[] values = [.. key.SelectMany(r => r switch { Requirement.OneOf one => one.Values, Requirement.NoneOf none => none.Values, _ => [] }).Append("~other").Distinct()];
            if (kinds.Count * (values.Length + 1) > most)
                return null;
            kinds = [.. kinds, .. values.SelectMany(v => kinds.Select(k => k.With(key.Key, v)))];
        }

        return kinds;
    }

    // The set of blocks around an address changes only at the beginning of a range, or behind its end.
    private static IEnumerable<Address?> AddressesThatTell(IEnumerable<OfAddress> blocks) => blocks.SelectMany(b => b.Network.Addresses.Ranges)
        .SelectMany(r => new Address?[] { r.First, AddressSet.Everything.Of(r.First.Family).Except(AddressSet.Of([new(r.First.Family.Everything.First, r.Last)])).Ranges.Select(x => (Address?)x.First).FirstOrDefault() })
        .Append(null).Distinct();
}
