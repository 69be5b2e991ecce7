namespace Podwall.Policy.Reporting;

/// <summary>
/// What workloads are called: <c>ns/name</c>, or <c>ns/kind/name</c> with the kind in lower case where two kinds share a name.
/// </summary>
public sealed class WorkloadNames
{
    private readonly HashSet<(string Namespace, string Name)> shared;

    public WorkloadNames(Snapshot snapshot) => shared =
    [
        .. snapshot.Pods.Select(p => p.Workload).Distinct().GroupBy(w => (w.Namespace, w.Name)).Where(g => g.Count() > 1).Select(g => g.Key),
    ];

    public string Of(WorkloadId workload) => shared.Contains((workload.Namespace, workload.Name))
        ? $"{workload.Namespace}/{workload.Kind.ToLowerInvariant()}/{workload.Name}"
        : $"{workload.Namespace}/{workload.Name}";
}
