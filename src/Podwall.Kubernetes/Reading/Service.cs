using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>A Service: only ever a name for traffic, since policies judge what lies behind it.</summary>
public sealed record Service(string Namespace, string Name)
{
    /// <summary>Null where the service selects no pods: its endpoints are made by hand or lie outside.</summary>
    public Labels? Selector { get; init; }

    public ValueList<ServicePort> Ports { get; init; } = [];

    /// <summary>None for a headless service, and where the manifest does not say.</summary>
    public ValueList<Address> ClusterIps { get; init; } = [];

    /// <summary>Its name stands for the pods' own addresses, so that nothing translates its ports.</summary>
    public bool IsHeadless { get; init; }

    public string Type { get; init; } = "ClusterIP";

    /// <summary>Outside clients are seen with their own address (<c>externalTrafficPolicy: Local</c>).</summary>
    public bool KeepsSource { get; init; }

    public string? ExternalName { get; init; }

    /// <summary>The pods that it selects; none where it selects nothing.</summary>
    public IEnumerable<Pod> PodsIn(Snapshot cluster) => Selector is { } wanted ? cluster.Find(Namespace)?.Pods.Where(p => wanted.All(l => p.Labels[l.Key] == l.Value)) ?? [] : [];

    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>A port of a Service; <paramref name="TargetPort"/> is the pods' own.</summary>
public sealed record ServicePort(string? Name, Protocol Protocol, ushort Port, PortValue TargetPort)
{
    /// <summary>The port of a pod to which it leads; null where the pod names none so.</summary>
    public ushort? PortOf(Pod pod) => TargetPort.Name is not { } name
        ? (ushort)TargetPort.Number
        : pod.Ports.Where(p => p.Name == name && p.Protocol == Protocol).Select(p => (ushort?)p.Number).FirstOrDefault();
}
