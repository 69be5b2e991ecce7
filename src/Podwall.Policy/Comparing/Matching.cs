namespace Podwall.Policy.Comparing;

/// <summary>The common refinement of the classes of two snapshots: pods are matched by name.</summary>
internal sealed class Matching
{
    private readonly List<MatchedClass> classes = [];
    private readonly List<Pod> onlyBefore = [];
    private readonly List<Pod> onlyAfter = [];

    public Matching(Connectivity before, Connectivity after)
    {
        var changed = ChangedNamespaces(before.Compiled, after.Compiled);
        var afterOf = after.Classes.ToLookup(c => c.Namespace);
        var beforeOf = before.Classes.ToLookup(c => c.Namespace);
        foreach (var ns in beforeOf)
            Match([.. ns], [.. afterOf[ns.Key]], changed.Contains(ns.Key));
        foreach (var ns in afterOf.Where(ns => !beforeOf.Contains(ns.Key)))
            onlyAfter.AddRange(ns.SelectMany(c => c.Pods));
        Classes = [.. classes];
    }

    private void Match(PodClass[] before, PodClass[] after, bool hasChanged)
    {
        // Mostly nothing has changed, and the classes are the same pods in the same order.
        if (before.Length == after.Length && before.Zip(after).All(c => c.First.Pods == c.Second.Pods))
        {
            classes.AddRange(before.Zip(after).Select(c => new MatchedClass(c.First, c.Second, c.Second.Pods, hasChanged)));
            return;
        }

        var left = after.SelectMany(c => c.Pods.Select(p => (Class: c, Pod: p))).ToDictionary(m => m.Pod.Id.Name, StringComparer.Ordinal);
        Dictionary<(PodClass, PodClass), List<Pod>> matched = [];
        foreach (var member in before)
            foreach (var pod in member.Pods)
            {
                if (!left.Remove(pod.Id.Name, out var other))
                    onlyBefore.Add(pod);
                else if (matched.TryGetValue((member, other.Class), out var pods))
                    pods.Add(other.Pod);
                else
                    matched[(member, other.Class)] = [other.Pod];
            }

        onlyAfter.AddRange(left.Values.Select(m => m.Pod));
        classes.AddRange(matched.Select(m => new MatchedClass(m.Key.Item1, m.Key.Item2, m.Value.ToValueList(), hasChanged)));
    }

    public MatchedClass[] Classes { get; }

    public ValueList<Pod> OnlyBefore => Sorted(onlyBefore);

    public ValueList<Pod> OnlyAfter => Sorted(onlyAfter);

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
