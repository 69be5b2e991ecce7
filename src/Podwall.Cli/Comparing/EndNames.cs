using Podwall.Cli.Output;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>What the ends of a change are called: workloads, whole namespaces, addresses.</summary>
internal sealed class EndNames
{
    private const int MostNames = 5;

    private readonly Dictionary<string, int> governed;
    private readonly WorkloadNames workloads;

    public EndNames(params Snapshot[] snapshots)
    {
        // A namespace is named as a whole where all its pods of either state are meant.
        governed = snapshots.SelectMany(s => s.Pods).Where(p => !p.UsesHostNetwork).Select(p => p.Id).Distinct().GroupBy(p => p.Namespace).ToDictionary(g => g.Key, g => g.Count());
        workloads = new(snapshots[^1]);
    }

    public string Of(PathEnd end) => end.IsOutside ? $"outside ({AddressText.Of(end.Addresses)})"
        : end.Future.Count > 0 ? Some([.. List(end.Pods), .. end.Future.Select(f => $"{f}")])
        : Of(end.Pods);

    public string Of(IReadOnlyCollection<Pod> pods) => pods.Count == governed.Values.Sum() && pods.Count > 2 ? "every pod" : Some(List(pods));

    /// <summary>Every name, for programs.</summary>
    public string[] List(IEnumerable<Pod> pods) =>
    [
        .. pods.GroupBy(p => p.Namespace).OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.Count() > 1 && g.Count() == governed.GetValueOrDefault(g.Key) ? Enumerable.Repeat($"{g.Key}/*", 1) : g.Select(p => workloads.Of(p.Workload)).Distinct().Order(StringComparer.Ordinal)),
    ];

    public string[] Workloads(IEnumerable<Pod> pods) => [.. pods.Select(p => workloads.Of(p.Workload)).Distinct().Order(StringComparer.Ordinal)];

    private static string Some(string[] names) => names.Length <= MostNames ? string.Join(", ", names) : $"{string.Join(", ", names.Take(MostNames - 1))} and {names.Length - MostNames + 1} more";
}
