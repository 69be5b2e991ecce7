using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Puts the objects together: the snapshot, the places, and what shows only when all objects are known.</summary>
internal sealed class ClusterAssembly(ObjectCollector found, ReadingOptions options, List<Diagnostic> diagnostics, IEnumerable<Remark> remarks)
{
    private const string ClosedLabel = "podwall.dev/closed";
    private const string ClosingPolicy = "podwall-lenient";

    // Every cluster has these, so nobody declares them.
    private static readonly HashSet<string> BuiltIn = ["default", "kube-system", "kube-public", "kube-node-lease"];

    private readonly SourceMap sources = new();
    private readonly SortedDictionary<string, SourcePosition> used = new(StringComparer.Ordinal);

    public Manifests Assemble()
    {
        foreach (var (id, position) in found.Places)
            sources.Add(id, position);
        foreach (var (id, workload) in found.Workloads)
            sources.Add(id, workload.Manifest.Position);
        foreach (var supporting in found.Supporting)
            sources.Add(supporting.Id, supporting.Root.Position);
        PodRoster roster = new(found.Pods.Values, found.Workloads.Values);
        var pods = roster.Read().Select(p => Placed(p.Pod, p.Manifest)).ToLookup(p => p.Namespace);
        var policies = found.Policies.Select(Placed).GroupBy(p => p.Id).Select(same => same.Last()).ToLookup(p => p.Id.Namespace);
        foreach (var service in found.Services.Values)
            Use(service.Namespace, sources.OfService(service.Namespace, service.Name));
        foreach (var workload in found.Workloads.Values)
            Use(workload.Id.Namespace, workload.Manifest.Position);
        WarnOfUndeclared();
        SayWhatIsClosed();
        var blocks = found.Namespaces.Keys.Union(used.Keys).Select(name => Block(name, pods[name], policies[name]));
        return new()
        {
            Snapshot = new(blocks, found.Nodes.Values),
            Services = found.Services.Values.ToValueList(),
            Sources = sources,
            Diagnostics = diagnostics.ToValueList(),
            OtherKinds = found.OtherKinds.ToValueList(),
            ReadKinds = found.ReadKinds.ToValueList(),
            FinishedPods = roster.Finished.ToValueList(),
            PolicyObjects = found.Policies.ToValueList(),
            Supporting = found.Supporting.ToValueList(),
            Accounts = roster.Accounts,
            Remarks = remarks.ToValueList(),
        };
    }

    private Pod Placed(Pod pod, Manifest manifest)
    {
        sources.Add(pod, manifest.Position);
        Use(pod.Namespace, manifest.Position);
        var isClosed = found.Closed.Count > 0 && found.Closed.Contains(new(manifest.Kind, pod.Namespace, manifest.Id(isNamespaced: true).Name));
        return isClosed ? pod with { Labels = pod.Labels.With(ClosedLabel, "true") } : pod;
    }

    private NetworkPolicy Placed(PolicySource source)
    {
        sources.Add(source.Id, source.Document.Root);
        Use(source.Id.Namespace, source.Position);
        return source.Policy.ToPolicy(source.Faults);
    }

    private NamespaceBlock Block(string name, IEnumerable<Pod> pods, IEnumerable<NetworkPolicy> policies)
    {
        var isDeclared = found.Namespaces.TryGetValue(name, out var labels);
        var inside = pods.ToList();
        if (found.Closed.Contains(new("Namespace", null, name)))
            policies = policies.Append(Closing(name, Selector.Everything));
        else if (inside.Any(p => p.Labels[ClosedLabel] is not null))
            policies = policies.Append(Closing(name, Selector.Of((ClosedLabel, "true"))));
        return new(name, labels ?? Labels.None, inside, policies) { IsDeclared = isDeclared };
    }

    private static NetworkPolicy Closing(string ns, Selector subject) => new(new(ns, ClosingPolicy), subject, [], []);

    private void Use(string ns, SourcePosition? position) => used.TryAdd(ns, position ?? default);

    private void WarnOfUndeclared()
    {
        foreach (var (name, position) in used)
            if (!BuiltIn.Contains(name) && !found.Namespaces.ContainsKey(name))
                diagnostics.Add(new(Severity.Warning, DiagnosticCodes.UndeclaredNamespace, $"no object declares the namespace '{name}'; it is taken to have no labels of its own")
                {
                    Position = position,
                    Subject = new("Namespace", null, name),
                    Fix = $"Add the Namespace object with its labels, or correct the name{Near(name)}.",
                });
    }

    private string Near(string name) => Nearest.To(name, found.Namespaces.Keys) is { } near ? $" (did you mean '{near}'?)" : "";

    private void SayWhatIsClosed()
    {
        if (!options.Lenient)
            return;
        foreach (var id in found.Closed)
            diagnostics.Add(new(Severity.Warning, DiagnosticCodes.ClosedObject, id.Kind switch
            {
                PolicyObject.Kind => "the policy has faults: it isolates what it selects, and its faulty rules allow nothing",
                "Namespace" => "the labels have faults: all pods of the namespace are isolated",
                _ => "the labels have faults: the pods are isolated, with the labels that could be read",
            })
            {
                Position = sources.Of(id),
                Subject = id,
            });
    }
}
