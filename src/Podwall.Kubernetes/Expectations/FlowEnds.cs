using Podwall.Policy;
using Podwall.Policy.Asserting;

namespace Podwall.Kubernetes;

/// <summary>What the ends of expectations stand for in a cluster.</summary>
public static class FlowEnds
{
    /// <summary>The pods and outside addresses; a wildcard means no pod on its node's network, for no selector finds those.</summary>
    public static EndSet Of(Snapshot cluster, FlowEnd end) => end switch
    {
        FlowEnd.OnePod(var id) => Pods(cluster.Find(id.Namespace)?.Pods.Where(p => p.Id == id || p.Workload.Name == id.Name) ?? []),
        FlowEnd.AllPods(var ns) => Pods(cluster.Find(ns)?.Pods.Where(p => !p.UsesHostNetwork) ?? []),
        FlowEnd.Selected(_, var namespaces, var pods) => Pods(cluster.Namespaces.Where(n => namespaces.Selects(n.Labels)).SelectMany(n => n.Pods).Where(p => !p.UsesHostNetwork && pods.Selects(p.Labels))),
        FlowEnd.Outside(var address) => new([], AddressSet.Of([new AddressRange(address, address)])),
        FlowEnd.Block(var addresses, _) => new([], addresses),
        FlowEnd.Not(var other) => Of(cluster, other).Complement(cluster),
        FlowEnd.AnyOf(var ends) => ends.Aggregate(EndSet.None, (all, one) => all.Union(Of(cluster, one))),
        _ => EndSet.None,
    };

    /// <summary>The parts of an end that name pods and find none: a slip of the pen, or a test that proves nothing.</summary>
    public static IEnumerable<FlowEnd> WithoutPods(Snapshot cluster, FlowEnd end) => end switch
    {
        FlowEnd.AnyOf(var ends) => ends.SelectMany(e => WithoutPods(cluster, e)),
        FlowEnd.Not(var other) => WithoutPods(cluster, other),
        FlowEnd.Outside or FlowEnd.Block => [],
        _ => Of(cluster, end).Pods.Count == 0 ? [end] : [],
    };

    /// <summary>Whether some pod has the label, or else its namespace; else what may have been meant.</summary>
    public static bool HasLabel(Snapshot cluster, string key, out string fix)
    {
        var known = cluster.Pods.SelectMany(p => p.Labels.Concat(cluster.Find(p.Namespace)!.Labels)).Select(l => l.Key).Distinct().Order(StringComparer.Ordinal).ToArray();
        fix = Nearest.To(key, known) is { } near ? $"Did you mean {near}?" : known.Length == 0 ? "There are no labels." : $"There are {string.Join(", ", known.Take(10))}.";
        return known.Contains(key);
    }

    private static EndSet Pods(IEnumerable<Pod> pods) => new(pods.ToValueList(), AddressSet.Empty);
}
