using Podwall.Policy.Compiling;
using Podwall.Policy.Linting.Rules;

namespace Podwall.Policy.Linting;

/// <summary>A compiled cluster with what the rules ask of it again and again.</summary>
public sealed class LintContext
{
    // What the API server and the network of every cluster bring along.
    private static readonly HashSet<string> BuiltIn = ["default", "kube-system", "kube-public", "kube-node-lease"];

    // An example is worth no long search.
    private const int MostPeersTried = 32;

    // An address for documentation says that it is any one.
    private static readonly Address Somewhere = Address.Parse("203.0.113.7");

    private readonly Dictionary<PolicyId, WrittenPolicy> written = [];
    private readonly Dictionary<Selector, NamespaceBlock[]> namespaces = [];
    private readonly Dictionary<(Selector, Selector), LabelGroup[]> elsewhere = [];
    private readonly Dictionary<PolicyId, CompiledPolicy> policies = [];
    private readonly Dictionary<PolicyId, LabelGroup[]> subjects = [];
    private readonly Dictionary<CompiledBlock, RuleIndex> indexes = [];
    private readonly Dictionary<CompiledBlock, Redundancy> redundancies = [];
    private (Address Address, Pod Pod)[]? places;

    public LintContext(Compiled compiled, LintFacts facts)
    {
        (Compiled, Facts) = (compiled, facts);
        foreach (var policy in facts.Written)
            written[policy.Id] = policy;
        foreach (var policy in compiled.Blocks.SelectMany(b => b.Policies))
            policies[policy.Source.Id] = policy;
    }

    public Compiled Compiled { get; }

    public Snapshot Snapshot => Compiled.Snapshot;

    public LintFacts Facts { get; }

    public WrittenPolicy? Written(PolicyId policy) => written.GetValueOrDefault(policy);

    internal static bool IsBuiltIn(string ns) => BuiltIn.Contains(ns);

    /// <summary>Whether the pods of a namespace are known well enough to say that something selects none of them.</summary>
    internal bool KnowsPodsOf(NamespaceBlock block) => Facts.IsComplete || block.Pods.Count > 0;

    internal CompiledBlock BlockOf(string ns) => Compiled.Blocks[Snapshot.IndexOf(ns)];

    internal IEnumerable<(CompiledBlock Block, CompiledPolicy Policy)> Policies => Compiled.Blocks.SelectMany(b => b.Policies, (b, p) => (b, p));

    /// <summary>Every rule as it is written and as it is compiled, with its policy.</summary>
    internal IEnumerable<RuleInContext> Rules => Policies.SelectMany(p => p.Policy.Rules, (p, r) => new RuleInContext(p.Block, p.Policy.Source, Source(p.Policy.Source, r.Id), r));

    internal static Rule Source(NetworkPolicy policy, RuleId id) => policy.Rules(id.Direction)!.Value[id.Index];

    internal CompiledPolicy Find(PolicyId policy) => policies[policy];

    internal RuleIndex IndexOf(CompiledBlock block)
    {
        if (!indexes.TryGetValue(block, out var index))
            indexes[block] = index = new(block);
        return index;
    }

    internal Redundancy RedundancyOf(CompiledBlock block)
    {
        if (!redundancies.TryGetValue(block, out var redundancy))
            redundancies[block] = redundancy = new(this, block);
        return redundancy;
    }

    /// <summary>The groups of pods that a policy governs.</summary>
    internal LabelGroup[] SubjectsOf(CompiledBlock block, NetworkPolicy policy)
    {
        if (!subjects.TryGetValue(policy.Id, out var found))
            subjects[policy.Id] = found = Array.FindAll(block.Groups, g => policy.Subject.Selects(g.Labels));
        return found;
    }

    internal NamespaceBlock[] NamespacesOf(Selector selector)
    {
        if (!namespaces.TryGetValue(selector, out var found))
            namespaces[selector] = found = [.. Snapshot.Namespaces.Where(n => selector.Selects(n.Labels))];
        return found;
    }

    /// <summary>The groups that a selector peer selects; none for any other peer.</summary>
    internal LabelGroup[] GroupsOf(CompiledBlock block, Peer peer)
    {
        switch (peer)
        {
            case Peer.PodsHere(var pods):
                return Array.FindAll(block.Groups, g => pods.Selects(g.Labels));
            case Peer.PodsIn(var spaces, var pods):
                if (!elsewhere.TryGetValue((spaces, pods), out var found))
                    elsewhere[(spaces, pods)] = found = [.. NamespacesOf(spaces).SelectMany(n => BlockOf(n.Name).Groups).Where(g => pods.Selects(g.Labels))];
                return found;
            default:
                return [];
        }
    }

    /// <summary>Pods with a known address inside a set, as many as asked for.</summary>
    internal IEnumerable<(Address Address, Pod Pod)> PodsIn(AddressSet addresses)
    {
        places ??= [.. Snapshot.Pods.Where(Compiled.Options.IsOrdinary).SelectMany(p => p.Addresses, (p, a) => (a, p)).OrderBy(p => p.a)];
        foreach (var range in addresses.Ranges)
        {
            var (low, high) = (0, places.Length);
            while (low < high)
                if ((low + high) >>> 1 is var middle && places[middle].Address < range.First)
                    low = middle + 1;
                else
                    high = middle;
            for (; low < places.Length && places[low].Address <= range.Last; low++)
                yield return places[low];
        }
    }

    /// <summary>What the rules of one side allow with a peer, in a family; a rule may be left out.</summary>
    internal static Traffic Allowed(LabelGroup subject, Direction direction, LabelGroup? peer, Address? address, IpFamilies family, CompiledRule? besides = null)
    {
        if (subject.SideOf(direction) is not { } side)
            return Traffic.Everything;
        var destination = direction == Direction.Ingress ? subject : peer;
        var traffic = Traffic.None;
        foreach (var rule in side.Rules)
        {
            if (rule == besides)
                continue;
            if (rule.AnyPeer || rule.SelectsPod(peer))
                traffic = traffic.Union(rule.TrafficTo(destination));
            else if (rule.Holds(address, family))
                traffic = traffic.Union(rule.TrafficToAddress(subject));
        }

        return traffic;
    }

    /// <summary>What a rule lets through with some pods that no other rule of the same side does; nothing where it adds nothing.</summary>
    internal static Traffic Gain(LabelGroup subject, CompiledRule rule, Pod peer, LabelGroup? group)
    {
        var gain = Traffic.None;
        foreach (var family in (IpFamilies[])[IpFamilies.V4, IpFamilies.V6])
        {
            var address = peer.AddressOf(family == IpFamilies.V4 ? IpFamily.V4 : IpFamily.V6);
            if (address is null && peer.Addresses.Count > 0)
                continue;
            var destination = rule.Id.Direction == Direction.Ingress ? subject : group;
            var own = rule.AnyPeer || rule.SelectsPod(group) ? rule.TrafficTo(destination)
                : rule.Holds(address, family) ? rule.TrafficToAddress(subject)
                : Traffic.None;
            gain = gain.Union(own.Except(Allowed(subject, rule.Id.Direction, group, address, family, rule)));
        }

        return gain;
    }

    /// <summary>A flow as the engine decides it, from the first port of some traffic.</summary>
    internal LintExample? Example(Direction direction, Endpoint subject, Endpoint peer, Traffic traffic)
    {
        var (from, to) = direction == Direction.Egress ? (subject, peer) : (peer, subject);
        if (from.IsItself(to) || First(traffic) is not { } first)
            return null;
        Flow flow = new(from, to, first.Protocol, first.Port);
        return new(NameOf(from), NameOf(to), flow.Packet, Compiled.Decide(flow).Verdict);
    }

    /// <summary>Of the flows between a pod and some peers, the first that ends so; none where no flow does.</summary>
    internal ValueList<LintExample> ExampleThat(Verdict verdict, Direction direction, Pod subject, IEnumerable<Endpoint> peers, Traffic traffic) =>
        peers.Take(MostPeersTried).Select(p => Example(direction, Compiled.At(subject), p, traffic)).FirstOrDefault(e => e?.Verdict == verdict) is { } example ? [example] : [];

    /// <summary>Whom a rule names: pods, then addresses; of anybody, pods of other namespaces come first.</summary>
    internal IEnumerable<Endpoint> PeersOf(CompiledBlock block, Rule rule) => rule.AnyPeer ? Anybody(block) : rule.Peers.SelectMany(p => p is Peer.Network network
        ? PodsIn(network.Addresses).Select(i => Compiled.At(i.Pod)).Append(Compiled.At(Comparing.Causes.AnyOf(network.Addresses)))
        : GroupsOf(block, p).SelectMany(g => g.Pods).Select(p => Compiled.At(p))).Take(MostPeersTried);

    /// <summary>A flow that a rule is about and that ends so: of a pod that its policy governs with one of its peers.</summary>
    /// <param name="peers">Some of the rule's peers only; none is all of them.</param>
    /// <param name="within">Some of the rule's traffic only.</param>
    internal ValueList<LintExample> ExampleOf(Verdict verdict, RuleId rule, ValueList<Peer> peers = default, Traffic? within = null)
    {
        var (policy, block) = (Find(rule.Policy), BlockOf(rule.Policy.Namespace));
        if (SubjectsOf(block, policy.Source) is not [var subject, ..])
            return [];
        var (source, traffic) = (Source(policy.Source, rule), policy.Rules.First(r => r.Id == rule).TrafficToAddress(subject));
        return ExampleThat(verdict, rule.Direction, subject.Pods[0], PeersOf(block, peers.Count == 0 ? source : source with { Peers = peers }), within is { } some ? traffic.Intersect(some) : traffic);
    }

    /// <summary>A pod and an address outside, where nothing stands between them; none where something does.</summary>
    internal ValueList<LintExample> OpenToOutside(Direction direction, Pod pod) =>
        ExampleThat(Verdict.Allow, direction, pod, [Compiled.At(Somewhere)], Traffic.Of(Protocol.Tcp, PortSet.Of(443)));

    /// <summary>Some pods of other namespaces, some of this one, and an address outside.</summary>
    internal IEnumerable<Endpoint> Anybody(CompiledBlock block) =>
    [
        .. Snapshot.Namespaces.Where(n => n.Name != block.Source.Name).SelectMany(n => n.Pods).Where(Compiled.Options.IsOrdinary).Take(MostPeersTried / 4).Select(p => Compiled.At(p)),
        .. block.Source.Pods.Where(Compiled.Options.IsOrdinary).Take(MostPeersTried / 4).Select(p => Compiled.At(p)),
        Compiled.At(Somewhere),
    ];

    internal LintExample? Example(Direction direction, Pod subject, Pod peer, Traffic traffic) =>
        Example(direction, Compiled.At(subject), Compiled.At(peer), traffic);

    private static string NameOf(Endpoint end) => end.Pod is { StandsForReplicas: true } pod ? pod.Workload.ToString() : end.ToString();

    // A port that people know reads better than port 1.
    private static (Protocol Protocol, int Port)? First(Traffic traffic)
    {
        foreach (var (protocol, port) in ((Protocol, int)[])[(Protocol.Tcp, 443), (Protocol.Tcp, 80), (Protocol.Udp, 53)])
            if (traffic.Contains(protocol, port))
                return (protocol, port);
        foreach (var protocol in ProtocolNames.WithPorts)
            if (traffic.Of(protocol) is { IsEmpty: false } ports)
                return (protocol, ports.Ranges.First().First);
        return traffic.PortLess ? (Protocol.Icmp, 0) : null;
    }
}

/// <summary>A rule where it stands.</summary>
internal readonly record struct RuleInContext(CompiledBlock Block, NetworkPolicy Policy, Rule Source, CompiledRule Compiled)
{
    public RuleId Id => Compiled.Id;

    public Direction Direction => Compiled.Id.Direction;
}
