using Podwall.Policy.Reporting;

namespace Podwall.Policy.Comparing;

/// <summary>
/// Pods that do not exist yet: one for every combination of labels that the policies of a changed namespace could
/// tell from others, in the namespaces that either side has and in ones that their selectors would find. Added to both of
/// two snapshots, they show what a change means beyond today's pods. Their addresses are unknown: blocks are compared by
/// address, not by pod.
/// </summary>
internal sealed class Futures
{
    private const int MostKinds = 512;
    private const string Prefix = "~";

    // A label value that no selector names, and a port number that few ranges hold.
    internal const string Fresh = "~other";
    private const ushort FirstFreshPort = 61001;

    private readonly Snapshot before;
    private readonly Snapshot after;
    private readonly HashSet<string> changed;
    private readonly ValueList<ContainerPort> ports;

    public Futures(Snapshot before, Snapshot after)
    {
        (this.before, this.after) = (Borrowing.Namespaces(before, after), Borrowing.Namespaces(after, before));
        (Before, After) = (this.before, this.after);
        changed = Changed();
        ports = NamedPorts();
        if (changed.Count > 0)
            Add();
    }

    public Snapshot Before { get; private set; }

    public Snapshot After { get; private set; }

    /// <summary>Whether every kind of pod was tried; there may be too many.</summary>
    public bool AreAll { get; private set; } = true;

    public static bool IsFuture(Pod pod) => pod.Id.Name.StartsWith(Prefix, StringComparison.Ordinal);

    public FuturePod Describe(Pod pod)
    {
        if (before.Find(pod.Namespace) is not null)
            return new(pod.Namespace, Labels.None, pod.Labels);
        var labels = After.Find(pod.Namespace)!.Labels;
        var name = labels[NamespaceBlock.NameLabel];
        return new(name == Fresh ? null : name, labels.Without(NamespaceBlock.NameLabel), pod.Labels);
    }

    /// <summary>Policies of both states in the namespaces that have changed: only what these ask can matter.</summary>
    private IEnumerable<NetworkPolicy> Policies => new[] { before, after }.SelectMany(s => s.Namespaces.Where(n => changed.Contains(n.Name)).SelectMany(n => n.Policies)).Distinct();

    private IEnumerable<Peer.PodsIn> Elsewhere => Peers(Policies).OfType<Peer.PodsIn>();

    private void Add()
    {
        foreach (var ns in changed)
        {
            var own = new[] { before, after }.SelectMany(s => s.Find(ns)!.Policies).ToArray();
            var selectors = own.Select(p => p.Subject).Concat(Peers(own).OfType<Peer.PodsHere>().Select(p => p.Pods)).Concat(PodsFrom(ns));
            Put(ns, Labels.None, Kinds(selectors));
        }

        var unchanged = before.Namespaces.Where(n => !changed.Contains(n.Name)).ToLookup(n => (Truths(n.Labels), Truths(after.Find(n.Name)!.Labels)));
        foreach (var alike in unchanged)
        {
            // Policies of its own might hide a difference that another namespace of the kind would show.
            var shown = alike.OrderBy(n => n.Policies.Count).First();
            AreAll &= shown.Policies.Count == 0 || alike.Count() == 1;
            Put(shown.Name, shown.Labels, Kinds(PodsFrom(shown.Name).Concat(shown.Policies.Select(p => p.Subject))));
        }

        HashSet<string> known = [.. unchanged.Where(n => n.Key.Item1 == n.Key.Item2).Select(n => n.Key.Item1)];
        var count = 0;
        foreach (var labels in Kinds(Elsewhere.Select(p => p.Namespaces)))
        {
            // Nobody else can have the name of a namespace that there is.
            if (labels[NamespaceBlock.NameLabel] is { } name && before.Find(name) is not null)
                continue;
            var whole = labels[NamespaceBlock.NameLabel] is null ? labels.With(NamespaceBlock.NameLabel, Fresh) : labels;
            if (known.Add(Truths(whole)))
                Put($"{Prefix}{count++}", whole, Kinds(Elsewhere.Where(p => p.Namespaces.Selects(whole)).Select(p => p.Pods)));
        }
    }

    private void Put(string ns, Labels labels, IReadOnlyList<Labels> kinds)
    {
        var pods = kinds.Select((k, i) => new Pod(new(ns, $"{Prefix}{i}"), k) { Ports = ports, StandsForReplicas = true }).ToArray();
        (Before, After) = (With(Before), With(After));

        Snapshot With(Snapshot snapshot) => snapshot.Find(ns) is { } block
            ? snapshot.With(block.With(pods: block.Pods.Concat(pods)))
            : snapshot.With(NamespaceBlock.Imagined(ns, labels, pods));
    }

    private HashSet<string> Changed()
    {
        var relabelled = before.Namespaces.Select(n => (Was: n.Labels, Now: after.Find(n.Name)!.Labels)).Where(l => !l.Was.Equals(l.Now)).ToArray();
        return [.. before.Namespaces.Where(n => after.Find(n.Name)!.Policies is var now && (n.Policies != now || Tells(now))).Select(n => n.Name)];

        // The same policies mean something else where a namespace that they select, or did, has other labels.
        bool Tells(ValueList<NetworkPolicy> policies) => relabelled.Length > 0
            && Peers(policies).OfType<Peer.PodsIn>().Any(p => relabelled.Any(l => p.Namespaces.Selects(l.Was) != p.Namespaces.Selects(l.Now)));
    }

    private string Truths(Labels labels) => string.Concat(Elsewhere.Select(p => p.Namespaces.Selects(labels) ? '1' : '0'));

    private IEnumerable<Selector> PodsFrom(string ns) => Elsewhere
        .Where(p => new[] { before, after }.Any(s => s.Find(ns) is { } block && p.Namespaces.Selects(block.Labels))).Select(p => p.Pods);

    /// <summary>Labels of every kind that these selectors can tell apart, one of each; those with the fewest labels first.</summary>
    private List<Labels> Kinds(IEnumerable<Selector> selectors)
    {
        Selector[] asked = [.. selectors.Distinct()];
        List<Labels> kinds = [Labels.None];
        foreach (var key in asked.SelectMany(s => s.Requirements).GroupBy(r => r.Key))
        {
            string[] values = [.. key.SelectMany(Values).Append(Fresh).Distinct()];
            if ((long)kinds.Count * (values.Length + 1) > MostKinds * 8)
            {
                AreAll = false;
                continue;
            }

            kinds = [.. kinds, .. values.SelectMany(v => kinds.Select(k => k.With(key.Key, v)))];
        }

        var told = kinds.Concat(asked.Select(Least)).OrderBy(k => k.Count).ThenBy(k => k.Count(l => l.Value == Fresh))
            .DistinctBy(k => string.Concat(asked.Select(s => s.Selects(k) ? '1' : '0'))).ToList();
        AreAll &= told.Count <= MostKinds;
        return [.. told.Take(MostKinds)];
    }

    // What satisfies a selector, as far as a single label each can.
    private static Labels Least(Selector selector) => Labels.Of(selector.Requirements
        .Select(r => (r.Key, Value: r switch { Requirement.OneOf { Values.Count: > 0 } one => one.Values[0], Requirement.Present => Fresh, _ => null }))
        .Where(l => l.Value is not null).Select(l => (l.Key, l.Value!)));

    private static IEnumerable<string> Values(Requirement requirement) => requirement switch
    {
        Requirement.OneOf(_, var values) => values,
        Requirement.NoneOf(_, var values) => values,
        _ => [],
    };

    private static IEnumerable<Peer> Peers(IEnumerable<NetworkPolicy> policies) => policies.SelectMany(Rules).SelectMany(r => r.Peers);

    private static IEnumerable<Rule> Rules(NetworkPolicy policy) => (policy.Ingress ?? []).Concat(policy.Egress ?? []);

    // Each name has a number of its own, so that a rule by name and a rule by number differ.
    private ValueList<ContainerPort> NamedPorts() =>
        [.. Policies.SelectMany(Rules).SelectMany(r => r.Ports).OfType<PortMatch.Named>().Distinct().Select((p, i) => new ContainerPort(p.Protocol, (ushort)(FirstFreshPort + i), p.Name))];
}
