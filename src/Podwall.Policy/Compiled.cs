using Podwall.Policy.Compiling;

namespace Podwall.Policy;

/// <summary>
/// A snapshot made fast to ask. It never changes; <see cref="Update"/> compiles the next snapshot and keeps what its
/// unchanged blocks came to, with the same result as a fresh <see cref="Compile"/>.
/// </summary>
public sealed class Compiled
{
    // Tiers in order of precedence: other kinds of policy become entries here.
    private static readonly Tier[] Tiers = [new NetworkPolicyTier()];

    private readonly EngineOptions options;
    private readonly SelectorPool pool;
    private readonly CrossTally cross;
    private readonly AddressIndex addresses;
    private readonly int blocksWithNetworks;
    private Dictionary<Address, Endpoint>? hosts;

    private Compiled(Snapshot snapshot, EngineOptions options)
    {
        Snapshot = snapshot;
        this.options = options;
        pool = new();
        CrossFacts[] own = [.. snapshot.Namespaces.Select(n => CrossFacts.Of(n.Policies))];
        cross = CrossTally.Empty.With([], own);
        Blocks = [.. snapshot.Namespaces.Select((n, i) => new CompiledBlock(n, own[i], cross.Facts, pool, options))];
        addresses = AddressIndex.Of(snapshot.Pods.Where(p => !p.UsesHostNetwork));
        blocksWithNetworks = Blocks.Count(b => b.HasNetworks);
    }

    private Compiled(Snapshot snapshot, Compiled previous)
    {
        Snapshot = snapshot;
        (options, pool) = (previous.options, previous.pool);
        var (kept, come, gone) = previous.Keep(snapshot);
        var own = come.ToDictionary(i => i, i => CrossFacts.Of(snapshot.Namespaces[i].Policies));
        cross = previous.cross.With([.. gone.Select(b => b.Own)], own.Values);
        if (cross.Facts == previous.cross.Facts)
            foreach (var (i, facts) in own)
                kept[i] = Compile(i, facts);
        else
            kept = [.. kept.Select((b, i) => Compile(i, b?.Own ?? own[i]))];
        Blocks = kept!;
        addresses = previous.addresses.With(
            gone.SelectMany(b => b.Source.Pods).Where(p => !p.UsesHostNetwork),
            own.Keys.SelectMany(i => snapshot.Namespaces[i].Pods).Where(p => !p.UsesHostNetwork));
        blocksWithNetworks = previous.blocksWithNetworks - gone.Count(b => b.HasNetworks) + own.Keys.Count(i => Blocks[i].HasNetworks);

        CompiledBlock Compile(int index, CrossFacts facts) => new(snapshot.Namespaces[index], facts, cross.Facts, pool, options);
    }

    public Snapshot Snapshot { get; }

    /// <summary>In the order of the snapshot's namespaces.</summary>
    internal CompiledBlock[] Blocks { get; }

    internal EngineOptions Options => options;

    internal bool HasContestedAddresses => addresses.HasContested;

    /// <summary>The pods that own an address; more than one where live pods contend for it.</summary>
    internal ValueList<Pod> OwnersOf(Address address) => addresses.Owners(address);

    /// <summary>The pods that claim an address, whoever of them owns it.</summary>
    internal IEnumerable<Pod> ClaimantsOf(Address address) => addresses.Claimants(address);

    /// <summary>The group of a pod of this snapshot, or null where it is the node's own.</summary>
    internal LabelGroup? GroupOf(Pod pod) => Snapshot.IndexOf(pod.Namespace) is >= 0 and var index ? Blocks[index].GroupOf(pod) : null;

    /// <summary>The rule that was compiled, as the policy has it.</summary>
    internal Rule SourceOf(CompiledRule rule) => rule.Block.Source.FindPolicy(rule.Id.Policy.Name)!.Rules(rule.Id.Direction)!.Value[rule.Id.Index];

    internal bool HasNetworks => blocksWithNetworks > 0;

    public static Compiled Compile(Snapshot snapshot, EngineOptions? options = null) => new(snapshot, options ?? EngineOptions.Default);

    public Compiled Update(Snapshot next) => new(next, this);

    // What the next snapshot keeps of the blocks, at their new places, the places that are still empty, and the blocks that it does not keep.
    private (CompiledBlock?[] Kept, List<int> Come, List<CompiledBlock> Gone) Keep(Snapshot next)
    {
        var kept = new CompiledBlock?[next.Namespaces.Count];
        List<int> come = [];
        List<CompiledBlock> gone = [];
        var (first, last) = Unchanged.Ends(Snapshot.Namespaces.AsSpan(), next.Namespaces.AsSpan());
        var (mineEnd, otherEnd) = (Blocks.Length - last, kept.Length - last);
        Array.Copy(Blocks, kept, first);
        Array.Copy(Blocks, mineEnd, kept, otherEnd, last);
        for (int mine = first, other = first; mine < mineEnd || other < otherEnd;)
        {
            var order = mine == mineEnd ? 1 : other == otherEnd ? -1
                : ReferenceEquals(Blocks[mine].Source, next.Namespaces[other]) ? 0
                : string.CompareOrdinal(Blocks[mine].Source.Name, next.Namespaces[other].Name);
            if (order == 0 && ReferenceEquals(Blocks[mine].Source, next.Namespaces[other]))
                kept[other] = Blocks[mine];
            else
            {
                if (order <= 0)
                    gone.Add(Blocks[mine]);
                if (order >= 0)
                    come.Add(other);
            }

            mine += order <= 0 ? 1 : 0;
            other += order >= 0 ? 1 : 0;
        }

        return (kept, come, gone);
    }

    /// <summary>The end that a pod is, or null where the snapshot has no such pod.</summary>
    public Endpoint? At(PodId id) => Snapshot.Find(id) is { } pod ? At(pod) : null;

    public Endpoint At(Node node) => new(node.Addresses) { Node = node.Name };

    /// <summary>The end that an address is: the pod or node that owns it, else an address outside.</summary>
    public Endpoint At(Address address)
    {
        if (addresses.Owners(address) is { Count: > 0 } owners)
            return Contend([.. owners.Select(p => Ordinary(p, [address]))]);
        return (hosts ??= Hosts()).GetValueOrDefault(address) ?? new([address]);
    }

    // Nodes, and the pods on their network, by address: made when an address is first asked about.
    private Dictionary<Address, Endpoint> Hosts()
    {
        Dictionary<Address, Endpoint> found = [];
        foreach (var node in Snapshot.Nodes)
            foreach (var address in node.Addresses)
                found.TryAdd(address, new([address]) { Node = node.Name });
        foreach (var pod in Snapshot.Pods.Where(p => !options.IsOrdinary(p)))
            foreach (var address in pod.Addresses)
                found.TryAdd(address, new([address]) { Pod = pod, Node = pod.Node });
        return found;
    }

    /// <summary>The end that a pod is. The pod must be of this snapshot.</summary>
    public Endpoint At(Pod pod)
    {
        if (!options.IsOrdinary(pod))
            return new(pod.Addresses.Count > 0 ? pod.Addresses : NodeOf(pod)?.Addresses ?? []) { Pod = pod, Node = pod.Node };
        // Pods on one node's network share its address and do not contend for it.
        if (!addresses.HasContested || pod.UsesHostNetwork)
            return Ordinary(pod, pod.Addresses);
        // A terminating pod loses its address to one that stays; such an address is unknown, which is the closed reading.
        var own = pod.Addresses.Where(a => addresses.Owners(a).AsSpan().Contains(pod)).ToValueList();
        var rivals = own.SelectMany(a => addresses.Owners(a)).Where(p => p != pod).Distinct();
        return Contend([Ordinary(pod, own), .. rivals.Select(p => Ordinary(p, own))]);
    }

    private Node? NodeOf(Pod pod) => pod.Node is null ? null : Snapshot.Nodes.FirstOrDefault(n => n.Name == pod.Node);

    private Endpoint Ordinary(Pod pod, ValueList<Address> using_) => new(using_) { Pod = pod, Group = Blocks[Snapshot.IndexOf(pod.Namespace)].GroupOf(pod) };

    private static Endpoint Contend(Endpoint[] ends) => ends.Length == 1
        ? ends[0]
        : new(ends[0].Addresses) { Pod = ends[0].Pod, Group = ends[0].Group, Rivals = ends[1..] };

    /// <summary>Decides a flow. Allocates nothing, unless pods contend for one address.</summary>
    public FlowDecision Decide(in Flow flow)
    {
        var families = flow.From.Families & flow.To.Families;
        if (flow.From.IsItself(flow.To))
            return new(Decision.Itself, Decision.Itself, families, families);
        if (families == IpFamilies.None)
            return new(Decision.NoCommonFamily, Decision.NoCommonFamily, families, families);
        if (families != IpFamilies.Both || !HasNetworks)
            return DecideIn(families, flow);
        var (v4, v6) = (DecideIn(IpFamilies.V4, flow), DecideIn(IpFamilies.V6, flow));
        var decided = v4.IsAllowed || !v6.IsAllowed ? v4 : v6;
        return decided with { Judged = families, AllowedOver = v4.AllowedOver | v6.AllowedOver };
    }

    private static FlowDecision DecideIn(IpFamilies family, in Flow flow)
    {
        var decision = DecideBetween(flow.From, flow.To, family, flow.Protocol, flow.Port);
        return flow.From.Rivals.Length + flow.To.Rivals.Length == 0 || !decision.IsAllowed ? decision : DecideRivals(family, flow, decision);
    }

    // Live pods contend for one address: only what every pairing allows is allowed.
    private static FlowDecision DecideRivals(IpFamilies family, in Flow flow, FlowDecision decision)
    {
        foreach (var from in flow.From.Rivals.Prepend(flow.From))
            foreach (var to in flow.To.Rivals.Prepend(flow.To))
                if (!from.IsItself(to) && DecideBetween(from, to, family, flow.Protocol, flow.Port) is { IsAllowed: false } denied)
                    return denied;
        return decision;
    }

    private static FlowDecision DecideBetween(Endpoint from, Endpoint to, IpFamilies family, Protocol protocol, int port)
    {
        var egress = Judge(Direction.Egress, from, to, family, protocol, port);
        var ingress = Judge(Direction.Ingress, to, from, family, protocol, port);
        return new(egress, ingress, family, egress.IsAllowed && ingress.IsAllowed ? family : IpFamilies.None);
    }

    private static Decision Judge(Direction direction, Endpoint subject, Endpoint peer, IpFamilies family, Protocol protocol, int port)
    {
        if (subject.Group is null)
            return Decision.NotGoverned;
        if (subject.IsOn(peer))
            return Decision.OwnNode;
        var packet = Packet.Of(direction, subject, peer, family, protocol, port);
        foreach (var tier in Tiers)
            if (tier.Judge(packet) is { } decision)
                return decision;
        return Decision.NotIsolated;
    }
}
