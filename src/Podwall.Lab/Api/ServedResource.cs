using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Lab.Api;

/// <summary>A kind that the server holds, with what clients may call it.</summary>
internal sealed record ServedResource(ResourceType Type, string Singular, params ValueList<string> ShortNames)
{
    /// <summary>What the controller says lies apart, under <c>/status</c>.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Changes of what is wanted are counted.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>Fields that a field selector may name, beside the name and the namespace.</summary>
    public ValueList<string> Fields { get; init; } = [];

    public static ValueList<ServedResource> All { get; } =
    [
        new(ResourceType.Namespaces, "namespace", "ns") { HasStatus = true, Fields = ["status.phase"] },
        new(ResourceType.Nodes, "node", "no") { HasStatus = true, Fields = ["spec.unschedulable"] },
        new(ResourceType.Pods, "pod", "po")
        {
            HasStatus = true,
            Fields = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"],
        },
        new(ResourceType.Services, "service", "svc") { HasStatus = true, Fields = ["spec.clusterIP", "spec.type"] },
        new(ResourceType.EndpointSlices, "endpointslice") { HasGeneration = true },
        new(ResourceType.Events, "event", "ev")
        {
            Fields = ["involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
                "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"],
        },
        new(ResourceType.Leases, "lease"),
        new(ResourceType.ConfigMaps, "configmap", "cm"),
        new(ResourceType.Secrets, "secret") { Fields = ["type"] },
        new(ResourceType.ServiceAccounts, "serviceaccount", "sa"),
        new(ResourceType.Deployments, "deployment", "deploy") { HasStatus = true, HasGeneration = true },
        new(ResourceType.ReplicaSets, "replicaset", "rs") { HasStatus = true, HasGeneration = true, Fields = ["status.replicas"] },
        new(ResourceType.StatefulSets, "statefulset", "sts") { HasStatus = true, HasGeneration = true },
        new(ResourceType.DaemonSets, "daemonset", "ds") { HasStatus = true, HasGeneration = true },
        new(ResourceType.Jobs, "job") { HasStatus = true, HasGeneration = true, Fields = ["status.successful"] },
        new(ResourceType.CronJobs, "cronjob", "cj") { HasStatus = true, HasGeneration = true },
        new(ResourceType.NetworkPolicies, "networkpolicy", "netpol") { HasGeneration = true },
    ];

    public static ServedResource Of(ResourceType type) => All.First(r => r.Type == type);

    public static ServedResource? Find(string group, string version, string plural) =>
        All.FirstOrDefault(r => r.Type.Group == group && r.Type.Version == version && r.Type.Plural == plural);
}
