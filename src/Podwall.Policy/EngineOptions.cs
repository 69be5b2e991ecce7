namespace Podwall.Policy;

/// <summary>What a pod with <c>hostNetwork: true</c> is to a policy; upstream names both readings.</summary>
public enum HostNetworkPods
{
    /// <summary>The node: no selector selects it, its addresses match <c>ipBlock</c> like any others. Podwall's choice.</summary>
    AreTheNode,

    /// <summary>An ordinary pod, as some analysers read it; for comparing with them only.</summary>
    AreOrdinaryPods,
}

/// <summary>The few readings of the specification that can be switched.</summary>
public sealed record EngineOptions(HostNetworkPods HostNetworkPods = HostNetworkPods.AreTheNode)
{
    public static EngineOptions Default { get; } = new();

    internal bool IsOrdinary(Pod pod) => !pod.UsesHostNetwork || HostNetworkPods == HostNetworkPods.AreOrdinaryPods;
}
