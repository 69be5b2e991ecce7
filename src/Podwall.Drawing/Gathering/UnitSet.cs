using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Cuts the pods of both phases into units.</summary>
internal static class UnitSet
{
    /// <summary>Pods of the same class before and the same class after; told apart by workload, too, where asked for.</summary>
    public static Unit[] OfPods(Evidence before, Evidence after, string name, bool byWorkload)
    {
        var pods = new SortedDictionary<string, Pod>(StringComparer.Ordinal);
        foreach (var evidence in (Evidence[])[before, after])
            foreach (var pod in evidence.Snapshot.Find(name)?.Pods ?? [])
                pods[pod.Id.Name] = pod;
        return
        [
            .. pods.Values
                .Select(p => (Pod: p, Before: before.ClassOf(p.Id), After: after.ClassOf(p.Id)))
                .Where(p => p.Before is not null || p.After is not null)
                .GroupBy(p => (p.Before, p.After, Workload: byWorkload ? p.Pod.Workload : null))
                .Select(g => new Unit { Before = g.Key.Before, After = g.Key.After, Pods = [.. g.Select(p => p.Pod)] }),
        ];
    }
}
