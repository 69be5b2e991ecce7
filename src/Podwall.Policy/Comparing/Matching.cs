namespace Podwall.Policy.Comparing;

/// <summary>The common refinement of the classes of two snapshots: pods are matched by name.</summary>
internal sealed class Matching
{
    public Matching(Connectivity before, Connectivity after)
    {
        var changed = ChangedNamespaces(before.Compiled, after.Compiled);
        var afterOf = after.Classes.SelectMany(c => c.Pods.Select(p => (Class: c, Pod: p))).ToDictionary(m => m.Pod.Id);
        Dictionary<(PodClass, PodClass), List<Pod>> matched = [];
        List<Pod> onlyBefore = [];
        foreach (var member in before.Classes)
            foreach (var pod in member.Pods)
            {
                if (!afterOf.Remove(pod.Id, out var other))
                    onlyBefore.Add(pod);
                else if (matched.TryGetValue((member, other.Class), out var pods))
                    pods.Add(other.Pod);
                else
                    matched[(member, other.Class)] = [other.Pod];
            }

        Classes = [.. matched.Select(m => new MatchedClass(m.Key.Item1, m.Key.Item2, m.Value.ToValueList(), changed.Contains(m.Key.Item1.Namespace)))];
        OnlyBefore = Sorted(onlyBefore);
        OnlyAfter = Sorted(afterOf.Values.Select(m => m.Pod));
    }

    public MatchedClass[] Classes { get; }

    public ValueList<Pod> OnlyBefore { get; }

    public ValueList<Pod> OnlyAfter { get; }

    private static ValueList<Pod> Sorted(IEnumerable<Pod> pods) =>
        pods.OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Id.Name, StringComparer.Ordinal).ToValueList();

    // What two pods may do depends on their two namespaces only, unless another pod claims the address of one of them.
    private static HashSet<string> ChangedNamespaces(Compiled before, Compiled after)
    {
        var sameReading = before.Options == after.Options;
        return
        [
            .. before.Snapshot.Namespaces.Where(b => !sameReading || after.Snapshot.Find(b.Name) is not { } a || !a.Means(b)).Select(b => b.Name),
            .. Contended(before),
            .. Contended(after),
        ];
    }

    private static IEnumerable<string> Contended(Compiled compiled) => compiled.HasContestedAddresses
        ? compiled.Snapshot.Pods.Where(p => compiled.At(p) is var end && (end.Rivals.Length > 0 || end.Addresses != p.Addresses)).Select(p => p.Namespace)
        : [];
}
