using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Matrix;

/// <summary>A row and column of the matrix: pods with one name, and the classes that they are in.</summary>
internal sealed record Group(string Name, int Pods, ValueList<PodClass> Classes)
{
    public ValueList<PolicyId> IsolatedBy(Direction direction) => [.. Classes.SelectMany(c => c.IsolatedBy(direction)).Distinct()];

    public bool IsIsolated(Direction direction) => Classes.Any(c => c.IsIsolated(direction));
}

/// <summary>Everything that the matrix shows, found one destination at a time.</summary>
internal sealed class MatrixTable
{
    private readonly Connectivity connectivity;
    private readonly Dictionary<int, List<int>> groupsOfClass = [];

    private MatrixTable(Connectivity connectivity, ValueList<Group> groups)
    {
        (this.connectivity, Groups) = (connectivity, groups);
        for (var g = 0; g < groups.Count; g++)
            foreach (var member in groups[g].Classes)
            {
                if (!groupsOfClass.TryGetValue(member.Index, out var list))
                    groupsOfClass[member.Index] = list = [];
                list.Add(g);
            }
    }

    public ValueList<Group> Groups { get; }

    public static MatrixTable Of(Cluster cluster, string grouping)
    {
        var connectivity = Connectivity.Of(cluster.Compiled);
        var names = new WorkloadNames(cluster.Compiled.Snapshot);
        var groups = grouping == "class"
            ? connectivity.Classes.GroupBy(c => NameOf(c, names)).SelectMany(g => g.Select(c => new Group(g.Count() == 1 ? g.Key : $"{g.Key} [{PodsOf(c)}]", c.Pods.Count, [c])))
            : connectivity.Classes.SelectMany(c => c.Pods.Select(p => (Name: grouping == "pod" ? $"{p.Id}" : names.Of(p.Workload), Class: c)))
                .GroupBy(e => e.Name).Select(g => new Group(g.Key, g.Count(), [.. g.Select(e => e.Class).Distinct()]));
        return new(connectivity, [.. groups.OrderBy(g => g.Name, StringComparer.Ordinal)]);
    }

    /// <summary>Somewhere between dual-stack pods one family allows what the other does not; each entry shows what either allows.</summary>
    public bool HasFamilyDifference { get; private set; }

    /// <summary>What each group may send to one of them; the union over the pods of both.</summary>
    public Traffic[] Into(int destination)
    {
        var traffic = new Traffic[Groups.Count];
        Array.Fill(traffic, Traffic.None);
        foreach (var member in Groups[destination].Classes)
            foreach (var inflow in connectivity.Into(member))
                foreach (var source in inflow.Sources)
                {
                    HasFamilyDifference |= inflow.FamiliesDiffer && source.Families == IpFamilies.Both && member.Families == IpFamilies.Both;
                    foreach (var group in groupsOfClass[source.Index])
                        traffic[group] = traffic[group].Union(inflow.Traffic);
                }

        return traffic;
    }

    public IEnumerable<OutsideReach> Outside(int group, Direction direction) =>
        Groups[group].Classes.SelectMany(c => connectivity.Outside(c, direction));

    // Pods of one workload in several classes: the pods themselves tell which row is which.
    private static string PodsOf(PodClass member) => member.Pods.Count <= 2
        ? string.Join(", ", member.Pods.Select(p => p.Id.Name))
        : $"{member.Pods[0].Id.Name} and {member.Pods.Count - 1} more";

    private static string NameOf(PodClass member, WorkloadNames names)
    {
        var workloads = member.Pods.Select(p => names.Of(p.Workload)).Distinct().ToArray();
        return workloads.Length <= 3
            ? string.Join(", ", workloads.Select((w, i) => i == 0 ? w : w[(w.IndexOf('/') + 1)..]))
            : $"{workloads[0]} and {workloads.Length - 1} workloads like it";
    }
}
