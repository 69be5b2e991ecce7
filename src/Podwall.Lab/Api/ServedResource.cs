using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Admission;
using Podwall.Policy;

namespace Podwall.Lab.Api;

/// <summary>A kind that the server holds, with what clients may call it.</summary>
internal sealed record ServedResource(ResourceType Type, string Singular, params ValueList<string> ShortNames)
{
    private static readonly string[] Workload = ["all"];

    public static ResourceType PriorityClasses { get; } = new("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", IsNamespaced: false);

    /// <summary>What the controller says lies apart, under <c>/status</c>.</summary>
    public bool HasStatus { get; init; }

    /// <summary>The number of its pods lies apart as well, under <c>/scale</c>.</summary>
    public bool HasScale { get; init; }

    /// <summary>Names of groups of kinds that it is in: <c>kubectl get all</c>.</summary>
    public ValueList<string> Categories { get; init; } = [];

    /// <summary>What lies under an object of the kind, beside the object itself.</summary>
    public IEnumerable<ResourcePart> Parts =>
    [
        .. Type == ResourceType.Pods ? ResourcePart.OfPods : [],
        .. HasScale ? [ResourcePart.Scale] : Array.Empty<ResourcePart>(),
        .. HasStatus ? [new ResourcePart("status", Type.Kind, "", "", "get", "patch", "update")] : Array.Empty<ResourcePart>(),
    ];

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
            Categories = [.. Workload],
            Fields = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"],
        },
        new(ResourceType.Services, "service", "svc") { HasStatus = true, Categories = [.. Workload], Fields = ["spec.clusterIP", "spec.type"] },
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
        new(ResourceType.Deployments, "deployment", "deploy") { HasStatus = true, HasGeneration = true, HasScale = true, Categories = [.. Workload] },
        new(ResourceType.ReplicaSets, "replicaset", "rs") { HasStatus = true, HasGeneration = true, HasScale = true, Categories = [.. Workload], Fields = ["status.replicas"] },
        new(ResourceType.StatefulSets, "statefulset", "sts") { HasStatus = true, HasGeneration = true, HasScale = true, Categories = [.. Workload] },
        new(ResourceType.DaemonSets, "daemonset", "ds") { HasStatus = true, HasGeneration = true, Categories = [.. Workload] },
        new(ResourceType.Jobs, "job") { HasStatus = true, HasGeneration = true, Categories = [.. Workload], Fields = ["status.successful"] },
        new(ResourceType.CronJobs, "cronjob", "cj") { HasStatus = true, HasGeneration = true, Categories = [.. Workload] },
        new(ResourceType.NetworkPolicies, "networkpolicy", "netpol") { HasGeneration = true },
        new(EndpointsMirror.Type, "endpoints", "ep"),
        // What other manifests hold, or kubectl makes; nothing in a lab acts on these.
        new(new("", "v1", "replicationcontrollers", "ReplicationController"), "replicationcontroller", "rc")
        {
            HasStatus = true, HasGeneration = true, HasScale = true, Categories = [.. Workload], Fields = ["status.replicas"],
        },
        new(new("", "v1", "resourcequotas", "ResourceQuota"), "resourcequota", "quota") { HasStatus = true },
        new(new("", "v1", "limitranges", "LimitRange"), "limitrange", "limits"),
        new(new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"), "persistentvolumeclaim", "pvc") { HasStatus = true },
        new(new("apps", "v1", "controllerrevisions", "ControllerRevision"), "controllerrevision"),
        new(new("networking.k8s.io", "v1", "ingresses", "Ingress"), "ingress", "ing") { HasStatus = true, HasGeneration = true },
        new(new("networking.k8s.io", "v1", "ingressclasses", "IngressClass", IsNamespaced: false), "ingressclass") { HasGeneration = true },
        new(new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"), "poddisruptionbudget", "pdb") { HasStatus = true, HasGeneration = true },
        new(PriorityClasses, "priorityclass", "pc") { HasGeneration = true },
        // Kept and shown, so that what is applied to a cluster can be applied here; everybody may do everything.
        new(ResourceType.Roles, "role"),
        new(ResourceType.RoleBindings, "rolebinding"),
        new(ResourceType.ClusterRoles, "clusterrole"),
        new(ResourceType.ClusterRoleBindings, "clusterrolebinding"),
    ];

    public static ServedResource Of(ResourceType type) => All.First(r => r.Type == type);

    public static ServedResource? Find(string group, string version, string plural) =>
        All.FirstOrDefault(r => r.Type.Group == group && r.Type.Version == version && r.Type.Plural == plural);
}

/// <summary>What lies under an object: its name, its kind, and the group and version of that where they are not the object's own.</summary>
internal sealed record ResourcePart(string Name, string Kind, string Group, string Version, params ValueList<string> Verbs)
{
    public static ResourcePart Scale { get; } = new("scale", "Scale", "autoscaling", "v1", "get", "patch", "update");

    public static ValueList<ResourcePart> OfPods { get; } =
    [
        new("attach", "PodAttachOptions", "", "", "create", "get"),
        new("exec", "PodExecOptions", "", "", "create", "get"),
        new("log", "Pod", "", "", "get"),
    ];
}

/// <summary>A question that is asked by creating an object, of which nothing is kept.</summary>
internal sealed record ReviewResource(string Group, string Plural, string Kind)
{
    public const string Version = "v1";

    public static ReviewResource Access { get; } = new("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview");

    public static ReviewResource Rules { get; } = new("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview");

    public static ReviewResource Subject { get; } = new("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview");

    public static ValueList<ReviewResource> All { get; } = [Subject, Access, Rules];

    public string ApiVersion => $"{Group}/{Version}";

    public static ReviewResource? Find(string path) => All.FirstOrDefault(r => path == $"/apis/{r.Group}/{Version}/{r.Plural}");
}
