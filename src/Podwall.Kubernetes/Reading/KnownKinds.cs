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

    /// <summary>Podwall's own file of expectations: no object of the cluster.</summary>
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
        ("podwall.dev", "Expectations") => KindRole.Expectations,
        _ when WorkloadReader.IsWorkload(group, kind) => KindRole.Workload,
        _ when kind is "AdminNetworkPolicy" or "BaselineAdminNetworkPolicy" or "ClusterNetworkPolicy" or "CiliumNetworkPolicy"
            or "CiliumClusterwideNetworkPolicy" or "GlobalNetworkPolicy" or "StagedNetworkPolicy" or "StagedGlobalNetworkPolicy"
            or "StagedKubernetesNetworkPolicy" or "MultiNetworkPolicy" or "AuthorizationPolicy" or PolicyObject.Kind => KindRole.OtherPolicy,
        _ => KindRole.Other,
    };

    /// <summary>The rule for the kind's names.</summary>
    public static Func<string, IEnumerable<string>> NameRuleOf(KindRole role) => role switch
    {
        KindRole.Namespace => NameRules.DnsLabel,
        KindRole.Service => NameRules.ServiceName,
        _ => NameRules.Subdomain,
    };
}
