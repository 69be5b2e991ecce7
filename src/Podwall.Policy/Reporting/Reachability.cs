using Podwall.Policy.Reaching;

namespace Podwall.Policy.Reporting;

/// <summary>What one entry of a reachability report stands for.</summary>
public enum Grouping
{
    /// <summary>All pods of a top owner: their traffic is the union, and traffic among them is left out.</summary>
    Workload,

    /// <summary>Each pod.</summary>
    Pod,
}

/// <summary>
/// From one end to another, exactly this traffic. An end is a workload, a pod, or a range of outside addresses. Between
/// dual-stack ends, <see cref="OnlyOver"/> names the family where the other one does not allow it.
/// </summary>
public sealed record Connection(string From, string To, Traffic Traffic, IpFamily? OnlyOver = null);

/// <summary>
/// Who reaches whom, as a closed world: what is not listed has no connection. Pods on their node's network and traffic of
/// an end to itself are left out. Connections are computed as they are read, one destination after the other.
/// </summary>
public sealed class Reachability
{
    private readonly Connectivity connectivity;
    private readonly Func<Pod, string> nameOf;

    private Reachability(Connectivity connectivity, Func<Pod, string> nameOf) => (this.connectivity, this.nameOf) = (connectivity, nameOf);

    public static Reachability Of(Compiled compiled, Grouping grouping)
    {
        var names = new WorkloadNames(compiled.Snapshot);
        return new(Connectivity.Of(compiled), grouping == Grouping.Pod ? p => p.Id.ToString() : p => names.Of(p.Workload));
    }

    public IEnumerable<Connection> Connections()
    {
        var classesOf = connectivity.Classes.SelectMany(c => NamesIn(c).Select(n => (Name: n, Class: c)))
            .GroupBy(e => e.Name, e => e.Class).OrderBy(g => g.Key, StringComparer.Ordinal);
        // Several names may share a class; what flows into it is found once.
        Dictionary<PodClass, Inflow[]> shared = [];
        foreach (var to in classesOf)
        {
            var classes = to.ToArray();
            foreach (var connection in Outside(to.Key, classes, Direction.Ingress))
                yield return connection;
            Dictionary<string, Pair> pairs = new(StringComparer.Ordinal);
            foreach (var destination in classes)
                Collect(destination, Inflows(destination), to.Key, pairs);
            foreach (var (from, pair) in pairs.OrderBy(p => p.Key, StringComparer.Ordinal))
                foreach (var connection in pair.Connections(from, to.Key))
                    yield return connection;
            foreach (var connection in Outside(to.Key, classes, Direction.Egress))
                yield return connection;
        }

        Inflow[] Inflows(PodClass destination)
        {
            if (shared.TryGetValue(destination, out var known))
                return known;
            Inflow[] found = [.. connectivity.Into(destination)];
            if (NamesIn(destination).Skip(1).Any())
                shared[destination] = found;
            return found;
        }
    }

    private IEnumerable<string> NamesIn(PodClass member) => member.Pods.Select(nameOf).Distinct();

    private void Collect(PodClass destination, Inflow[] inflows, string to, Dictionary<string, Pair> pairs)
    {
        foreach (var inflow in inflows)
            foreach (var source in inflow.Sources)
                foreach (var from in NamesIn(source))
                    if (from != to)
                        pairs[from] = pairs.GetValueOrDefault(from, Pair.None).With(inflow, IsDual(source) && IsDual(destination));
    }

    private static bool IsDual(PodClass member) => member.Zone.Families == IpFamilies.Both;

    private IEnumerable<Connection> Outside(string name, PodClass[] classes, Direction direction) =>
        classes.Select(c => Outside(c, direction)).Aggregate(OutsideParts.Either)
            .SelectMany(o => o.Addresses.Ranges.Select(r => direction == Direction.Ingress
                ? new Connection(r.ToString(), name, o.Traffic)
                : new Connection(name, r.ToString(), o.Traffic)));

    // A pod without an address of a family meets no outside address of it.
    private IReadOnlyList<OutsideReach> Outside(PodClass member, Direction direction) =>
    [
        .. connectivity.Outside(member, direction)
            .Select(o => IsDual(member) ? o : new(o.Addresses.Of(member.Zone.Families == IpFamilies.V4 ? IpFamily.V4 : IpFamily.V6), o.Traffic))
            .Where(o => !o.Addresses.IsEmpty),
    ];

    private sealed record Pair(Traffic Any, Traffic OnlyV4, Traffic OnlyV6)
    {
        public static Pair None { get; } = new(Traffic.None, Traffic.None, Traffic.None);

        public Pair With(Inflow inflow, bool dual)
        {
            if (!dual || inflow.OverV4 == inflow.OverV6 || inflow.JudgedOnce)
                return this with { Any = Any.Union(inflow.Traffic) };
            return new(Any.Union(inflow.OverV4.Intersect(inflow.OverV6)),
                OnlyV4.Union(inflow.OverV4.Except(inflow.OverV6)), OnlyV6.Union(inflow.OverV6.Except(inflow.OverV4)));
        }

        public IEnumerable<Connection> Connections(string from, string to)
        {
            if (!Any.IsNone)
                yield return new(from, to, Any);
            foreach (var (only, family) in ((Traffic, IpFamily)[])[(OnlyV4, IpFamily.V4), (OnlyV6, IpFamily.V6)])
                if (only.Except(Any) is { IsNone: false } rest)
                    yield return new(from, to, rest, family);
        }
    }
}
