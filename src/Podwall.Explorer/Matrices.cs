using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Explorer;

/// <summary>Who reaches whom as a table, grouped as asked; each cell is the union over the pods of its two ends.</summary>
internal sealed class Matrices(Compiled compiled)
{
    private const int LargestSide = 120;
    private const int ShortText = 14;

    public MatrixAnswer Of(MatrixQuestion question)
    {
        var connectivity = Connectivity.Of(compiled);
        var names = new WorkloadNames(compiled.Snapshot);
        var wanted = question.Namespaces is { Count: > 0 } some ? some.ToHashSet() : null;
        var groups = connectivity.Classes.Where(c => wanted is null || wanted.Contains(c.Namespace))
            .SelectMany(c => c.Pods.Select(p => (Name: NameOf(p), Class: c)))
            .GroupBy(e => e.Name).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (Name: g.Key, Pods: g.Count(), Classes: g.Select(e => e.Class).Distinct().ToArray())).ToArray();
        if (groups.Length == 0)
            return MatrixAnswer.Wrong(wanted is null ? "There are no pods, so there is nobody to reach." : "There are no pods in what was chosen.");
        if (groups.Length > LargestSide)
            return MatrixAnswer.Wrong($"{groups.Length} rows and columns are too many to read. Group by namespace, or choose one namespace.");
        var groupsOf = new Dictionary<PodClass, List<int>>();
        for (var g = 0; g < groups.Length; g++)
            foreach (var member in groups[g].Classes)
                (groupsOf.TryGetValue(member, out var list) ? list : groupsOf[member] = []).Add(g);
        var columns = groups.Select(g => Into(connectivity, g.Classes, groupsOf, groups.Length)).ToArray();
        return new("", [.. groups.Select(g => new MatrixEnd(g.Name, g.Pods))],
            [.. groups.Select((g, from) => (IReadOnlyList<MatrixCell>)[.. columns.Select((c, to) => CellOf(c[from], from == to && g.Pods == 1))])]);

        string NameOf(Pod pod) => question.By switch
        {
            "namespace" => pod.Namespace,
            "pod" => pod.Id.ToString(),
            _ => names.Of(pod.Workload),
        };
    }

    private static Traffic[] Into(Connectivity connectivity, PodClass[] destinations, Dictionary<PodClass, List<int>> groupsOf, int count)
    {
        var traffic = new Traffic[count];
        Array.Fill(traffic, Traffic.None);
        foreach (var inflow in destinations.SelectMany(connectivity.Into))
            foreach (var source in inflow.Sources)
                foreach (var group in groupsOf.GetValueOrDefault(source, []))
                    traffic[group] = traffic[group].Union(inflow.Traffic);
        return traffic;
    }

    private static MatrixCell CellOf(Traffic traffic, bool isItself)
    {
        if (isItself)
            return new("self", "", "itself");
        if (traffic.IsNone)
            return new("none", "–", "nothing");
        if (traffic.IsEverything)
            return new("all", "all", "everything");
        var full = $"{traffic}";
        var text = traffic is { Udp.IsEmpty: true, Sctp.IsEmpty: true, PortLess: false, Tcp.IsAll: false } ? $"{traffic.Tcp}" : full;
        return new("some", text.Length <= ShortText ? text : "some", full);
    }
}
