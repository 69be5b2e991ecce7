using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>The pods behind Services, and their own ports.</summary>
internal sealed class ServiceTargets(Manifests manifests)
{
    private readonly Dictionary<(string, string), Service> services = manifests.Services.DistinctBy(s => (s.Namespace, s.Name)).ToDictionary(s => (s.Namespace, s.Name));

    public ExposedService Exposed(Service service) => new(new("Service", service.Namespace, service.Name), service.Type, Pods(service),
        service.Ports.Select(Port).ToValueList(), service.KeepsSource);

    /// <summary>What a caller of a Service's port reaches; null where the Service or the port is not known, or has no pods.</summary>
    public (ValueList<PodId> Pods, PortMatch Port)? Of(string ns, string name, int port) =>
        services.TryGetValue((ns, name), out var service) && service.Ports.FirstOrDefault(p => p.Port == port) is { } target && Pods(service) is { Count: > 0 } pods
            ? (pods, Port(target))
            : null;

    private ValueList<PodId> Pods(Service service) => service.PodsIn(manifests.Snapshot).Where(p => !p.UsesHostNetwork).Select(p => p.Id).ToValueList();

    private static PortMatch Port(ServicePort port) => port.TargetPort is { Name: { } name }
        ? new PortMatch.Named(port.Protocol, name)
        : new PortMatch.Numbered(port.Protocol, new((ushort)Math.Clamp(port.TargetPort.Number, 1, ushort.MaxValue), (ushort)Math.Clamp(port.TargetPort.Number, 1, ushort.MaxValue)));
}
