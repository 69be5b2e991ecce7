namespace Podwall.Kubernetes;

/// <summary>What a kind of object is to the reader.</summary>
internal enum KindRole
{
    Other,
    Namespace,
    Pod,
    Workload,
    Service,
    Node,
    NetworkPolicy,

    /// <summary>A NetworkPolicy in a version that no current API server has.</summary>
    OldNetworkPolicy,

    /// <summary>Another kind that decides traffic, which this version does not judge.</summary>
    OtherPolicy,

    /// <summary>Podwall's own files, such as expectations: no objects of the cluster.</summary>
    Expectations,
}

internal static class KnownKinds
{
    public const string NoGroup = "?";

    public static KindRole RoleOf(string group, string version, string kind) => (group, kind) switch
    {
        ("" or NoGroup, "Namespace") => KindRole.Namespace,
        ("" or NoGroup, "Pod") => KindRole.Pod,
        ("" or NoGroup, "Service") => KindRole.Service,
        ("" or NoGroup, "Node") => KindRole.Node,
        (PolicyObject.Group, PolicyObject.Kind) => version == PolicyObject.ApiVersion ? KindRole.NetworkPolicy : KindRole.OldNetworkPolicy,
        (NoGroup, PolicyObject.Kind) => KindRole.NetworkPolicy,
        ("" or "extensions", PolicyObject.Kind) => KindRole.OldNetworkPolicy,
        ("podwall.dev", "Expectations" or "LintConfiguration" or "LintBaseline") => KindRole.Expectations,
        _ when WorkloadReader.IsWorkload(group, kind) => KindRole.Workload,
        _ when kind is "AdminNetworkPolicy" or "BaselineAdminNetworkPolicy" or "ClusterNetworkPolicy" or "CiliumNetworkPolicy"
            or "CiliumClusterwideNetworkPolicy" or "GlobalNetworkPolicy" or "StagedNetworkPolicy" or "StagedGlobalNetworkPolicy"
            or "StagedKubernetesNetworkPolicy" or "MultiNetworkPolicy" or "AuthorizationPolicy" or PolicyObject.Kind => KindRole.OtherPolicy,
        _ => KindRole.Other,
    };

    /// <summary>
    /// The kind that was probably meant, where a group that the reader knows has none of the written name. A policy
    /// passed over for a slip of the pen would open what it should close.
    /// </summary>
    public static string? Meant(string group, string kind) => group switch
    {
        "" => Slip(kind, ["Namespace", "Pod", "Service", "Node", "ReplicationController"], ["PodList", "PodTemplate", "ServiceAccount"]),
        "apps" => Slip(kind, ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"], []),
        "batch" => Slip(kind, ["Job", "CronJob"], []),
        PolicyObject.Group => Slip(kind, [PolicyObject.Kind], ["Ingress", "IngressClass"]),
        _ => null,
    };

    /// <summary>Kinds that tell who needs which traffic.</summary>
    public static bool IsSupporting(string group, string kind, string? name) => (group, kind) switch
    {
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" or "MutatingWebhookConfiguration") => true,
        ("apiregistration.k8s.io", "APIService") or ("apiextensions.k8s.io", "CustomResourceDefinition") => true,
        ("rbac.authorization.k8s.io", "RoleBinding" or "ClusterRoleBinding") => true,
        ("", "Endpoints") => name == "kubernetes",
        ("discovery.k8s.io", "EndpointSlice") => name?.StartsWith("kubernetes", StringComparison.Ordinal) == true,
        _ => false,
    };

    private static string? Slip(string kind, string[] read, string[] others) =>
        others.Contains(kind) ? null : Nearest.To(kind, read.Concat(read.Select(Plural))) is { } near ? read.First(r => r == near || Plural(r) == near) : null;

    private static string Plural(string kind) => kind.EndsWith('y') ? $"{kind[..^1]}ies" : $"{kind}s";

    /// <summary>The rule for the kind's names.</summary>
    public static Func<string, IEnumerable<string>> NameRuleOf(KindRole role) => role switch
    {
        KindRole.Namespace => NameRules.DnsLabel,
        KindRole.Service => NameRules.ServiceName,
        _ => NameRules.Subdomain,
    };
}
