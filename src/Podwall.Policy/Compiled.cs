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
    private readonly CrossFacts cross;
    private readonly Dictionary<string, CompiledBlock> blocks;
    private readonly AddressIndex addresses;
    private readonly bool hasNetworks;
    private Dictionary<Address, Endpoint>? hosts;

    private Compiled(Snapshot snapshot, Compiled? previous, EngineOptions options)
    {
        Snapshot = snapshot;
        this.options = options;
        pool = previous?.pool ?? new();
        var own = snapshot.Namespaces.Select(n => (Source: n, Known: Reusable(n, previous)))
            .Select(n => (n.Source, n.Known, Facts: n.Known?.Own ?? CrossFacts.Of(n.Source.Policies))).ToArray();
        var union = CrossFacts.Union(own.Select(o => o.Facts));
        cross = previous is not null && previous.cross.Equals(union) ? previous.cross : union;
        Blocks = [.. own.Select(o => o.Known is not null && cross == previous!.cross ? o.Known : new CompiledBlock(o.Source, o.Facts, cross, pool, options))];
        blocks = Blocks.ToDictionary(b => b.Source.Name, StringComparer.Ordinal);
        addresses = previous is null ? AddressIndex.Of(snapshot.Pods.Where(p => !p.UsesHostNetwork)) : UpdateAddresses(previous);
        hasNetworks = Blocks.Any(b => b.Policies.Any(p => p.Rules.Any(r => r.Networks is not null)));
    }

    public Snapshot Snapshot { get; }

    internal CompiledBlock[] Blocks { get; }

    internal bool HasContestedAddresses => addresses.HasContested;

    internal bool HasNetworks => hasNetworks;

    public static Compiled Compile(Snapshot snapshot, EngineOptions? options = null) => new(snapshot, null, options ?? EngineOptions.Default);

    public Compiled Update(Snapshot next) => new(next, this, options);

    private static CompiledBlock? Reusable(NamespaceBlock block, Compiled? previous) =>
        previous?.blocks.GetValueOrDefault(block.Name) is { } known && ReferenceEquals(known.Source, block) ? known : null;

    private AddressIndex UpdateAddresses(Compiled previous)
    {
        var gone = previous.Blocks.Where(b => !ReferenceEquals(Snapshot.Find(b.Source.Name), b.Source));
        var come = Blocks.Where(b => Reusable(b.Source, previous) is null);
        return previous.addresses.With(
            gone.SelectMany(b => b.Source.Pods).Where(p => !p.UsesHostNetwork),
            come.SelectMany(b => b.Source.Pods).Where(p => !p.UsesHostNetwork));
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

    private Endpoint Ordinary(Pod pod, ValueList<Address> using_) => new(using_) { Pod = pod, Group = blocks[pod.Namespace].GroupOf(pod) };

    private static Endpoint Contend(Endpoint[] ends) => ends.Length == 1
        ? ends[0]
        : new(ends[0].Addresses) { Pod = ends[0].Pod, Group = ends[0].Group, Rivals = ends[1..] };

    /// <summary>Decides a flow. Allocates nothing, unless pods contend for one address.</summary>
    public FlowDecision Decide(in Flow flow)
    {
        var families = flow.From.Families & flow.To.Families;
        if (flow.From.Pod is not null && ReferenceEquals(flow.From.Pod, flow.To.Pod))
            return new(Decision.Itself, Decision.Itself, families, families);
        if (families == IpFamilies.None)
            return new(Decision.NoCommonFamily, Decision.NoCommonFamily, families, families);
        if (families != IpFamilies.Both || !hasNetworks)
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
                if (!ReferenceEquals(from.Pod, to.Pod) && DecideBetween(from, to, family, flow.Protocol, flow.Port) is { IsAllowed: false } denied)
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
