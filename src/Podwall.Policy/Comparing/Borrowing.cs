namespace Podwall.Policy.Comparing;

/// <summary>Policies of two inputs in one and the same cluster: what only one of them declares, the other has, too.</summary>
public static class Borrowing
{
    /// <summary>The snapshot with the namespaces, pods and nodes that only the other one has; its own policies, and no others.</summary>
    public static Snapshot With(Snapshot own, Snapshot other) => new(
        own.Namespaces.Select(n => n.Name).Union(other.Namespaces.Select(n => n.Name)).Select(name => (own.Find(name), other.Find(name)) switch
        {
            ({ } mine, { } theirs) => Both(mine, theirs),
            ({ } mine, null) => mine,
            (_, var theirs) => theirs!.With(policies: []),
        }),
        own.Nodes.Concat(other.Nodes).DistinctBy(n => n.Name));

    /// <summary>The snapshot with the namespaces that only the other one has, and nothing in them: pods may yet come there on both sides.</summary>
    internal static Snapshot Namespaces(Snapshot own, Snapshot other) =>
        own.WithBlocks(other.Namespaces.Where(n => own.Find(n.Name) is null).ToDictionary(n => n.Name, n => (NamespaceBlock?)n.With(pods: [], policies: [])));

    private static NamespaceBlock Both(NamespaceBlock mine, NamespaceBlock theirs) =>
        new(mine.Name, mine.IsDeclared ? mine.Labels : theirs.Labels, mine.Pods.Concat(theirs.Pods).DistinctBy(p => p.Id), mine.Policies) { IsDeclared = mine.IsDeclared || theirs.IsDeclared };
}
