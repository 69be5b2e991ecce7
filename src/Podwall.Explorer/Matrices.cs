using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Explorer;

/// <summary>Who reaches whom as a table, grouped as asked; each cell is the union over the pods of its two ends.</summary>
internal sealed class Matrices(Compiled compiled)
{
    private const string ByLabel = "label:";
    private const int LargestSide = 120;
    private const int ShortText = 14;

    private readonly Connectivity connectivity = Connectivity.Of(compiled);
    private readonly WorkloadNames names = new(compiled.Snapshot);

    public MatrixAnswer Of(MatrixQuestion question)
    {
        var wanted = question.Namespaces is { Count: > 0 } some ? some.ToHashSet() : null;
        var senders = Groups(question.Rows, wanted);
        var receivers = question.Columns.Length == 0 || question.Columns == question.Rows ? senders : Groups(question.Columns, wanted);
        if (senders.Length == 0)
            return MatrixAnswer.Wrong(wanted is null ? "There are no pods, so there is nobody to reach." : "There are no pods in what was chosen.");
        if (Math.Max(senders.Length, receivers.Length) is > LargestSide and var side)
            return MatrixAnswer.Wrong($"{side} rows or columns are too many to read. Group by namespace, or choose one namespace.");
        var sendersOf = senders.SelectMany((g, index) => g.Classes.Select(c => (Class: c, index))).ToLookup(s => s.Class, s => s.index);
        var columns = receivers.Select(r => Into(r, sendersOf, senders.Length)).ToArray();
        return new("", Ends(senders), Ends(receivers),
        [
            .. senders.Select((s, from) => (IReadOnlyList<MatrixCell>)[.. receivers.Select((r, to) => CellOf(columns[to][from], s.IsOnly(r))), Outside(s, Direction.Egress)]),
            [.. receivers.Select(r => Outside(r, Direction.Ingress)), new("self", "n/a", "not the cluster's affair")],
        ]);
    }

    private Group[] Groups(string by, HashSet<string>? wanted) =>
    [
        .. connectivity.Classes.Where(c => wanted is null || wanted.Contains(c.Namespace))
            .SelectMany(c => c.Pods.Select(p => (Name: NameOf(p, by), Class: c, Pod: p.Id)))
            .GroupBy(e => e.Name).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Group(g.Key, [.. g.Select(e => e.Pod)], [.. g.Select(e => e.Class).Distinct()])),
    ];

    private string NameOf(Pod pod, string by) => by switch
    {
        "namespace" => pod.Namespace,
        "pod" => pod.Id.ToString(),
        _ when by.StartsWith(ByLabel, StringComparison.Ordinal) => by[ByLabel.Length..] is var key && pod.Labels[key] is { } value ? $"{key}={value}" : $"no {key}",
        _ => names.Of(pod.Workload),
    };

    private Traffic[] Into(Group receiver, ILookup<PodClass, int> sendersOf, int count)
    {
        var traffic = new Traffic[count];
        Array.Fill(traffic, Traffic.None);
        foreach (var inflow in receiver.Classes.SelectMany(connectivity.Into))
            foreach (var source in inflow.Sources)
                foreach (var sender in sendersOf[source])
                    traffic[sender] = traffic[sender].Union(inflow.Traffic);
        return traffic;
    }

    private MatrixCell Outside(Group group, Direction direction)
    {
        var reaches = group.Classes.SelectMany(c => connectivity.Outside(c, direction)).ToArray();
        if (reaches.Length == 0)
            return CellOf(Traffic.None, isItself: false);
        return reaches.All(r => r.Addresses.Equals(AddressSet.Everything))
            ? CellOf(reaches.Aggregate(Traffic.None, (all, r) => all.Union(r.Traffic)), isItself: false)
            : new("some", "part", string.Join("; ", reaches.Select(r => $"{r.Addresses}: {r.Traffic}").Distinct()));
    }

    private static MatrixEnd[] Ends(Group[] groups) => [.. groups.Select(g => new MatrixEnd(g.Name, g.Pods.Count)), new("outside", 0)];

    private static MatrixCell CellOf(Traffic traffic, bool isItself)
    {
        if (isItself)
            return new("self", "itself", "a pod always reaches itself");
        if (traffic.IsNone)
            return new("none", "–", "nothing");
        if (traffic.IsEverything)
            return new("all", "all", "everything");
        var full = $"{traffic}";
        var text = traffic is { Udp.IsEmpty: true, Sctp.IsEmpty: true, PortLess: false, Tcp.IsAll: false } ? $"{traffic.Tcp}" : full;
        return new("some", text.Length <= ShortText ? text : "some", full);
    }

    private sealed record Group(string Name, HashSet<PodId> Pods, PodClass[] Classes)
    {
        public bool IsOnly(Group other) => Pods.Count == 1 && Pods.SetEquals(other.Pods);
    }
}
