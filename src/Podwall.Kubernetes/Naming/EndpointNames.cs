using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Kubernetes;

/// <summary>What a name stands for: ends to ask about, and the Service behind which they lie, if it was one.</summary>
public sealed record NamedEnds(string Name, ValueList<Endpoint> Ends, Service? Service = null);

/// <summary>
/// Finds what people name: pods, workloads, Services, nodes and addresses. What names nothing, or several things, comes
/// back as a message that says what to write instead.
/// </summary>
/// <param name="ns">The namespace of names that are written without one; null where they must have one.</param>
public sealed class EndpointNames(Manifests manifests, Compiled compiled, string? ns = null)
{
    private readonly ILookup<(string, string), Pod> byWorkload = compiled.Snapshot.Pods.ToLookup(p => (p.Namespace, p.Workload.Name));
    private readonly Dictionary<(string, string), Service> services = manifests.Services.DistinctBy(s => (s.Namespace, s.Name)).ToDictionary(s => (s.Namespace, s.Name));
    private readonly WorkloadNames names = new(compiled.Snapshot);

    /// <summary>Null where it was found; else what is wrong and what to write.</summary>
    public string? TryFind(string text, out NamedEnds ends)
    {
        ends = new(text, []);
        if (Address.TryParse(text, out var address))
        {
            ends = services.Values.FirstOrDefault(s => s.ClusterIps.Contains(address)) is { } service ? Behind(service) : new(text, [compiled.At(address)]);
            return ends.Ends.Count > 0 ? null : $"{text} is the address of Service {ends.Service}, and no pod stands behind it.";
        }

        if (Cidr.TryParse(text, out _))
            return $"'{text}' is a block of addresses; a flow has one address at its end.";
        return text.Split('/') switch
        {
            [var name] when ns is not null => Find(ns, name, out ends),
            ["node", var name] when compiled.Snapshot.Find("node") is null => FindNode(name, out ends),
            [var written, var name] => Find(written, name, out ends),
            [var written, var kind, var name] => Find(written, kind, name, out ends),
            [var name] => $"'{name}' is no address and has no namespace. {Suggest(compiled.Snapshot.Pods.Where(p => p.Id.Name == name || p.Workload.Name == name).Select(p => names.Of(p.Workload)), "Write namespace/name.")}",
            _ => $"'{text}' has too many parts; write namespace/name or namespace/kind/name.",
        };
    }

    private string? Find(string ns, string name, out NamedEnds ends)
    {
        ends = new($"{ns}/{name}", []);
        var pod = compiled.Snapshot.Find(new PodId(ns, name));
        var ofWorkload = byWorkload[(ns, name)].ToValueList();
        var workloads = ofWorkload.Select(p => p.Workload).Concat(pod is null ? [] : [pod.Workload]).Distinct().ToArray();
        if (workloads.Length > 1 && (pod is null || ofWorkload.Any(p => p != pod)))
            return $"{ns}/{name} is the name of several things. Write one of {string.Join(", ", workloads.Select(names.Of))}.";
        if (ofWorkload.Count > 0 || pod is not null)
        {
            ends = new(ends.Name, [.. (ofWorkload.Count > 0 ? ofWorkload : [pod!]).Select(compiled.At)], services.GetValueOrDefault((ns, name)));
            return null;
        }

        if (services.TryGetValue((ns, name), out var service))
            return FindBehind(service, out ends);
        if (manifests.FinishedPods.Contains(new(ns, name)))
            return $"Pod {ns}/{name} has finished: it owns no address any more, and no traffic reaches or leaves it.";
        return compiled.Snapshot.Find(ns) is null
            ? $"There is no namespace {ns} in the input. {Suggest(Near(ns, compiled.Snapshot.Namespaces.Select(n => n.Name)), $"It has {string.Join(", ", compiled.Snapshot.Namespaces.Select(n => n.Name).Take(10))}.")}"
            : $"Nothing in namespace {ns} is called {name}. {Suggest(Near(name, NamesIn(ns)).Select(n => $"{ns}/{n}"), $"It holds {string.Join(", ", NamesIn(ns).Take(10))}.")}";
    }

    private string? Find(string ns, string kind, string name, out NamedEnds ends)
    {
        ends = new($"{ns}/{kind}/{name}", []);
        if (FullKind(kind) is not { } full)
            return $"'{kind}' is no kind that has pods; write pod, deployment, statefulset, daemonset, replicaset, job, cronjob or service.";
        if (full == "Service")
            return services.TryGetValue((ns, name), out var service) ? FindBehind(service, out ends) : $"There is no Service {ns}/{name} in the input.";
        Pod[] pods = full == "Pod"
            ? compiled.Snapshot.Find(new PodId(ns, name)) is { } pod ? [pod] : []
            : [.. byWorkload[(ns, name)].Where(p => p.Workload.Kind == full)];
        ends = new(ends.Name, [.. pods.Select(compiled.At)]);
        return pods.Length > 0 ? null : $"There is no {full} {ns}/{name} in the input. {Suggest(byWorkload[(ns, name)].Select(p => $"{ns}/{p.Workload.Kind.ToLowerInvariant()}/{name}"), "")}";
    }

    private string? FindNode(string name, out NamedEnds ends)
    {
        var node = compiled.Snapshot.Nodes.FirstOrDefault(n => n.Name == name);
        ends = new($"node/{name}", node is null ? [] : [compiled.At(node)]);
        return node is null ? $"There is no Node {name} in the input. {Suggest(Near(name, compiled.Snapshot.Nodes.Select(n => n.Name)).Select(n => $"node/{n}"), "")}" : null;
    }

    private string? FindBehind(Service service, out NamedEnds ends)
    {
        ends = Behind(service);
        return ends.Ends.Count > 0 ? null
            : service.Selector is null ? $"Service {service} has no selector, so the input does not say where its traffic goes. Ask for the address behind it."
            : $"Service {service} selects no pod: {service.Selector} matches none in namespace {service.Namespace}.";
    }

    private NamedEnds Behind(Service service) => new($"{service}", [.. service.PodsIn(compiled.Snapshot).Select(compiled.At)], service);

    private IEnumerable<string> NamesIn(string ns) => compiled.Snapshot.Find(ns)!.Pods.Select(p => p.Workload.Name)
        .Concat(services.Keys.Where(s => s.Item1 == ns).Select(s => s.Item2)).Distinct().Order(StringComparer.Ordinal);

    private static string? FullKind(string kind) => kind.ToLowerInvariant() switch
    {
        "pod" or "pods" or "po" => "Pod",
        "deployment" or "deployments" or "deploy" => "Deployment",
        "statefulset" or "statefulsets" or "sts" => "StatefulSet",
        "daemonset" or "daemonsets" or "ds" => "DaemonSet",
        "replicaset" or "replicasets" or "rs" => "ReplicaSet",
        "replicationcontroller" or "replicationcontrollers" or "rc" => "ReplicationController",
        "job" or "jobs" => "Job",
        "cronjob" or "cronjobs" or "cj" => "CronJob",
        "service" or "services" or "svc" => "Service",
        _ => null,
    };

    private static string Suggest(IEnumerable<string> names, string otherwise) =>
        names.Distinct().Take(5).ToArray() is { Length: > 0 } some ? $"Did you mean {string.Join(" or ", some)}?" : otherwise;

    private static IEnumerable<string> Near(string text, IEnumerable<string> names) =>
        Nearest.To(text, names) is { } near ? [near] : [];
}
