namespace Podwall.Kubernetes.Client;

/// <summary>A kind of object as the API's paths name it (<c>/apis/GROUP/VERSION/namespaces/NS/PLURAL</c>); the core group is empty.</summary>
public sealed record ResourceType(string Group, string Version, string Plural, string Kind, bool IsNamespaced = true)
{
    public static ResourceType Namespaces { get; } = new("", "v1", "namespaces", "Namespace", IsNamespaced: false);

    public static ResourceType Nodes { get; } = new("", "v1", "nodes", "Node", IsNamespaced: false);

    public static ResourceType Pods { get; } = new("", "v1", "pods", "Pod");

    public static ResourceType Services { get; } = new("", "v1", "services", "Service");

    public static ResourceType EndpointSlices { get; } = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");

    public static ResourceType Events { get; } = new("", "v1", "events", "Event");

    public static ResourceType Leases { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    public static ResourceType Roles { get; } = new("rbac.authorization.k8s.io", "v1", "roles", "Role");

    public static ResourceType RoleBindings { get; } = new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding");

    public static ResourceType ClusterRoles { get; } = new("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", IsNamespaced: false);

    public static ResourceType ClusterRoleBindings { get; } = new("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", IsNamespaced: false);

    public static ResourceType ConfigMaps { get; } = new("", "v1", "configmaps", "ConfigMap");

    public static ResourceType Secrets { get; } = new("", "v1", "secrets", "Secret");

    public static ResourceType ServiceAccounts { get; } = new("", "v1", "serviceaccounts", "ServiceAccount");

    public static ResourceType Deployments { get; } = new("apps", "v1", "deployments", "Deployment");

    public static ResourceType ReplicaSets { get; } = new("apps", "v1", "replicasets", "ReplicaSet");

    public static ResourceType StatefulSets { get; } = new("apps", "v1", "statefulsets", "StatefulSet");

    public static ResourceType DaemonSets { get; } = new("apps", "v1", "daemonsets", "DaemonSet");

    public static ResourceType Jobs { get; } = new("batch", "v1", "jobs", "Job");

    public static ResourceType CronJobs { get; } = new("batch", "v1", "cronjobs", "CronJob");

    public static ResourceType NetworkPolicies { get; } = new("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy");

    /// <summary>What stands in an object's <c>apiVersion</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name in messages: <c>networkpolicies.networking.k8s.io</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The path of all objects, or of those of one namespace.</summary>
    public string Path(string? ns = null)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        return ns is null ? $"{root}/{Plural}" : $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}";
    }

    /// <summary>The path of one object.</summary>
    public string PathOf(string? ns, string name) => $"{Path(ns)}/{Uri.EscapeDataString(name)}";

    public override string ToString() => QualifiedName;
}
