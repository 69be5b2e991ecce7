using Podwall.Policy.Asserting;
using Podwall.Policy.Comparing;
using Podwall.Policy.Reporting;

namespace Podwall.Policy.Querying;

/// <summary>Traffic that every pod or address of one end may send to every one of the other.</summary>
public sealed record ReachedPath(PathEnd From, PathEnd To, Traffic Traffic);

/// <summary>Pods that are first reached (or that reach) after so many connections, and the last of these.</summary>
public sealed record Hop(int Number, ValueList<Pod> Pods, ReachedPath Via);

/// <summary>Who reaches whom among some ends, directly or from pod to pod.</summary>
public sealed class ReachQuery
{
    private readonly Compiled compiled;
    private readonly Connectivity connectivity;
    private readonly Causes causes;
    private readonly Dictionary<PodId, PodClass> classes;
    private readonly Dictionary<PodClass, Inflow[]> inflows = [];

    public ReachQuery(Compiled compiled)
    {
        this.compiled = compiled;
        connectivity = Connectivity.Of(compiled);
        causes = new(connectivity, connectivity);
        classes = connectivity.Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(p => p.Id, p => p.Class);
    }

    /// <summary>What one end may send to the other, of this traffic.</summary>
    /// <param name="tenantOf">Only between pods of different tenants; null for all pairs.</param>
    public ValueList<ReachedPath> Paths(EndSet from, EndSet to, Traffic within, Func<Pod, string>? tenantOf = null) =>
        Comparison.Joined(Found(from, to, within, tenantOf)).Select(p => new ReachedPath(p.From, p.To, p.Traffic)).ToValueList();

    /// <summary>Every rule that lets some of a path through, of the sending ends first; none where no policy governs it.</summary>
    public ValueList<RuleId> RulesOf(ReachedPath path) => causes.OfNew(path.From, path.To, path.Traffic).Causes.SelectMany(c => c.Rules).ToValueList();

    /// <summary>Whom these pods reach, whom those reach, and so on: what falls with them.</summary>
    public ValueList<Hop> Onward(EndSet from, Traffic within) => Hops(from, within, (reached, left) =>
        from target in left
        from inflow in Into(target.Key)
        from source in inflow.Sources
        where reached.ContainsKey(source)
        select (Next: target.Key, From: reached[source], To: target.Value, inflow.Traffic));

    /// <summary>Who reaches these pods, who reaches those, and so on: from where they can be taken.</summary>
    public ValueList<Hop> Backward(EndSet to, Traffic within) => Hops(to, within, (reached, left) =>
        from target in reached
        from inflow in Into(target.Key)
        from source in inflow.Sources
        where left.ContainsKey(source)
        select (Next: source, From: left[source], To: target.Value, inflow.Traffic));

    private delegate IEnumerable<(PodClass Next, ValueList<Pod> From, ValueList<Pod> To, Traffic Traffic)> Step(Dictionary<PodClass, ValueList<Pod>> reached, Dictionary<PodClass, ValueList<Pod>> left);

    private ValueList<Hop> Hops(EndSet start, Traffic within, Step step)
    {
        var reached = Members(start.Pods);
        var left = Members(compiled.Snapshot.Pods.Where(p => start.Pods.All(s => s.Id != p.Id)));
        List<Hop> hops = [];
        for (var number = 1; ; number++)
        {
            var next = step(reached, left).Select(s => s with { Traffic = s.Traffic.Intersect(within) }).Where(s => !s.Traffic.IsNone).DistinctBy(s => s.Next).ToArray();
            if (next.Length == 0)
                return hops.ToValueList();
            foreach (var (member, from, to, traffic) in next)
            {
                hops.Add(new(number, left[member], new(PathEnd.Of(from), PathEnd.Of(to), traffic)));
                // Pods of a class that was there in part join it.
                reached[member] = reached.TryGetValue(member, out var some) ? [.. some, .. left[member]] : left[member];
                left.Remove(member);
            }
        }
    }

    private IEnumerable<Comparing.Path> Found(EndSet from, EndSet to, Traffic within, Func<Pod, string>? tenantOf)
    {
        var (sources, targets) = (Members(from.Pods), Members(to.Pods));
        foreach (var (target, receivers) in targets)
            foreach (var inflow in Into(target))
                if (inflow.Traffic.Intersect(within) is { IsNone: false } traffic)
                    foreach (var source in inflow.Sources)
                        if (sources.TryGetValue(source, out var senders))
                            foreach (var (some, others) in Apart(senders, receivers, tenantOf))
                                yield return new(PathEnd.Of(some), PathEnd.Of(others), traffic, null, Opens: true, IsFuture: false);
        if (tenantOf is not null)
            yield break;
        foreach (var path in Outside(targets, from.Addresses, within, Direction.Ingress).Concat(Outside(sources, to.Addresses, within, Direction.Egress)))
            yield return path;
    }

    private static IEnumerable<(ValueList<Pod>, ValueList<Pod>)> Apart(ValueList<Pod> from, ValueList<Pod> to, Func<Pod, string>? tenantOf)
    {
        if (tenantOf is not null)
            return from f in @from.GroupBy(tenantOf) from t in to.GroupBy(tenantOf) where f.Key != t.Key select (f.ToValueList(), t.ToValueList());
        // A pod and itself are no pair.
        return from is [{ StandsForReplicas: false } only] && to is [var same] && only.Id == same.Id ? [] : [(from, to)];
    }

    private IEnumerable<Comparing.Path> Outside(Dictionary<PodClass, ValueList<Pod>> members, AddressSet addresses, Traffic within, Direction direction)
    {
        if (addresses.IsEmpty)
            yield break;
        foreach (var (member, pods) in members)
        {
            var possible = member.Families == IpFamilies.Both ? addresses : addresses.Of(member.Families == IpFamilies.V4 ? IpFamily.V4 : IpFamily.V6);
            foreach (var part in connectivity.Outside(member, direction).AsEnumerable())
                if (part.Addresses.Intersect(possible) is { IsEmpty: false } some && part.Traffic.Intersect(within) is { IsNone: false } traffic)
                    yield return direction == Direction.Ingress
                        ? new(PathEnd.Of(some), PathEnd.Of(pods), traffic, null, Opens: true, IsFuture: false)
                        : new(PathEnd.Of(pods), PathEnd.Of(some), traffic, null, Opens: true, IsFuture: false);
        }
    }

    private Inflow[] Into(PodClass destination) => inflows.TryGetValue(destination, out var known) ? known : inflows[destination] = [.. connectivity.Into(destination)];

    private Dictionary<PodClass, ValueList<Pod>> Members(IEnumerable<Pod> pods) =>
        pods.Where(p => classes.ContainsKey(p.Id)).GroupBy(p => classes[p.Id]).ToDictionary(g => g.Key, g => g.ToValueList());
}
