using Podwall.Policy;

namespace Podwall.Kubernetes.Linting;

/// <summary>
/// A live cluster as it would be with the objects of some files applied: policies, namespaces and workloads of the files in
/// place of those of the same name. Where a file leaves <c>policyTypes</c> to the default, what the cluster has stored
/// stays in force.
/// </summary>
public static class LiveOverlay
{
    public static Manifests Of(Manifests files, Manifests live)
    {
        var stored = live.PolicyObjects.GroupBy(p => p.Id).ToDictionary(g => g.Key, g => g.Last());
        var policies = files.PolicyObjects.GroupBy(p => p.Id).Select(g => Stored(g.Last(), stored.GetValueOrDefault(g.Key))).ToDictionary(p => p.Id);
        var names = live.Snapshot.Namespaces.Concat(files.Snapshot.Namespaces).Select(n => n.Name).Distinct();
        return files with
        {
            IsLive = true,
            Snapshot = new(names.Select(n => Block(n, files.Snapshot.Find(n), live.Snapshot.Find(n), policies)), live.Snapshot.Nodes.Count > 0 ? live.Snapshot.Nodes : files.Snapshot.Nodes),
            Services = [.. files.Services, .. live.Services.Where(l => !files.Services.Any(f => f.Namespace == l.Namespace && f.Name == l.Name))],
            Diagnostics = [.. DiagnosticsOf(files, live.Snapshot), .. live.Diagnostics],
            PolicyObjects = [.. policies.Values, .. live.PolicyObjects.Where(p => !policies.ContainsKey(p.Id))],
            Supporting = [.. files.Supporting, .. live.Supporting.Where(l => !files.Supporting.Any(f => f.Id == l.Id))],
            Accounts = live.Accounts.Concat(files.Accounts).DistinctBy(a => a.Key).ToDictionary(),
            StoredTypes = policies.Keys.Where(stored.ContainsKey).ToDictionary(id => id, id => new[] { Direction.Ingress, Direction.Egress }.Where(stored[id].Policy.Spec.Governs).ToValueList()),
        };
    }

    /// <summary>What is to be said of the files: namespaces that the cluster has need no manifest.</summary>
    public static IEnumerable<Diagnostic> DiagnosticsOf(Manifests files, Snapshot live) =>
        files.Diagnostics.Where(d => d.Code != DiagnosticCodes.UndeclaredNamespace || live.Find(d.Subject!.Name) is null);

    private static PolicySource Stored(PolicySource file, PolicySource? live) => live is null || file.Policy.HasWrittenTypes
        ? file
        : file with { Policy = file.Policy with { Spec = file.Policy.Spec with { PolicyTypes = live.Policy.Spec.PolicyTypes } } };

    private static NamespaceBlock Block(string name, NamespaceBlock? file, NamespaceBlock? live, Dictionary<PolicyId, PolicySource> policies)
    {
        if (file is null)
            return live!;
        var applied = file.Policies.Select(p => policies.TryGetValue(p.Id, out var source) ? source.Policy.ToPolicy(source.Faults) : p);
        if (live is null)
            return file.With(policies: applied);
        var running = live.Pods.Select(p => p.Workload).ToHashSet();
        return new(name, file.IsDeclared ? Labels.Of([.. live.Labels.Select(l => (l.Key, l.Value)), .. file.Labels.Select(l => (l.Key, l.Value))]) : live.Labels,
            [.. live.Pods, .. file.Pods.Where(p => !running.Contains(p.Workload) && live.Find(p.Id) is null)],
            [.. applied, .. live.Policies.Where(p => !policies.ContainsKey(p.Id))])
        { IsDeclared = live.IsDeclared || file.IsDeclared };
    }
}
