using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>
/// A live cluster as it would be after <c>kubectl apply</c> of some manifests: their policies and namespaces take the place
/// of those of the same name, the pods of a workload get the labels and ports of its new template, and new workloads come.
/// </summary>
public static class Overlay
{
    /// <param name="live">The cluster as it is.</param>
    /// <param name="applied">What is applied.</param>
    /// <param name="prunes">Policies that are not among the manifests go, in the namespaces in which these have any.</param>
    public static Snapshot Apply(Snapshot live, Snapshot applied, bool prunes)
    {
        var next = live;
        foreach (var block in applied.Namespaces)
            next = next.With(live.Find(block.Name) is { } there ? Apply(there, block, prunes) : block);
        return next;
    }

    private static NamespaceBlock Apply(NamespaceBlock live, NamespaceBlock applied, bool prunes)
    {
        var templates = applied.Pods.GroupBy(p => p.Workload).ToDictionary(g => g.Key, g => g.First());
        var running = live.Pods.Select(p => p.Workload).ToHashSet();
        var named = applied.Pods.ToDictionary(p => p.Id);
        var pods = live.Pods.Select(p => (named.GetValueOrDefault(p.Id) ?? templates.GetValueOrDefault(p.Workload)) is { } template ? p with { Labels = Renewed(p.Labels, template.Labels), Ports = template.Ports, UsesHostNetwork = template.UsesHostNetwork } : p)
            .Concat(applied.Pods.Where(p => !running.Contains(p.Workload) && live.Find(p.Id) is null));
        var kept = prunes && applied.Policies.Count > 0 ? [] : live.Policies.Where(p => applied.Policies.All(a => a.Id != p.Id));
        // kubectl apply leaves labels alone that others have put there.
        var labels = applied.IsDeclared ? Labels.Of([.. live.Labels.Select(l => (l.Key, l.Value)), .. applied.Labels.Select(l => (l.Key, l.Value))]) : live.Labels;
        return live.With(labels, pods, kept.Concat(applied.Policies));
    }

    // What a controller adds to tell revisions and replicas apart stays.
    private static Labels Renewed(Labels live, Labels template) =>
        Labels.Of([.. live.Where(l => WorkloadLabels.IsOfController(l.Key)).Select(l => (l.Key, l.Value)), .. template.Select(l => (l.Key, l.Value))]);
}
