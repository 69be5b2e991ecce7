using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>A first packet as policies see it: between addresses, after the translation of a Service.</summary>
public readonly record struct Leg(Address From, Address To, Protocol Protocol, ushort Port);

/// <summary>Resolves flows to what goes over the wire: one leg for every pod that a Service may choose.</summary>
public sealed class Legs(LabCluster cluster)
{
    /// <summary>Null where there are legs; else why there are none.</summary>
    public string? TryFind(ProbeFlow flow, out ValueList<Leg> legs)
    {
        legs = [];
        if (Source(flow, out var from) is { } noSource)
            return noSource;
        if (ServiceOf(flow.To) is { } service)
            return Through(service, flow, from, out legs);
        switch (flow.To)
        {
            case ProbeEnd.OneService(var ns, var name):
                return $"there is no Service {ns}/{name}";
            case ProbeEnd.OnePod(var id):
                if (AddressOf(id, flow.Family, out var to) is { } noAddress)
                    return noAddress;
                legs = [new(from, to, flow.Port.Protocol, flow.Port.Port)];
                return null;
            case ProbeEnd.AtAddress(var address) when address.Family != flow.Family:
                return $"{address} is no {flow.Family} address";
            case ProbeEnd.AtAddress when flow.From is ProbeEnd.AtAddress:
                return "neither end is in the cluster";
            case ProbeEnd.AtAddress(var address):
                legs = [new(from, address, flow.Port.Protocol, flow.Port.Port)];
                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(flow), $"{flow.To} is no end.");
        }
    }

    /// <summary>The Service that an end is; null where it is none.</summary>
    public Service? ServiceOf(ProbeEnd end) => end switch
    {
        ProbeEnd.OneService(var ns, var name) => cluster.Services.FirstOrDefault(s => s.Namespace == ns && s.Name == name),
        ProbeEnd.AtAddress(var address) => cluster.Services.FirstOrDefault(s => s.ClusterIps.Contains(address)),
        _ => null,
    };

    private string? Source(ProbeFlow flow, out Address address)
    {
        address = default;
        switch (flow.From)
        {
            case ProbeEnd.OnePod(var id):
                return AddressOf(id, flow.Family, out address);
            case ProbeEnd.AtAddress(var outside):
                address = outside;
                return outside.Family == flow.Family ? null : $"{outside} is no {flow.Family} address";
            default:
                return $"{flow.From} opens no connections";
        }
    }

    private string? AddressOf(PodId id, IpFamily family, out Address address)
    {
        address = default;
        if (cluster.Snapshot.Find(id) is not { } pod)
            return $"there is no pod {id}";
        if (pod.AddressOf(family) is not { } own)
            return $"{id} has no {family} address";
        address = own;
        return null;
    }

    private string? Through(Service service, ProbeFlow flow, Address source, out ValueList<Leg> legs)
    {
        legs = [];
        if (service.Selector is null)
            return $"Service {service} selects no pods";
        if (flow.From is ProbeEnd.AtAddress && !service.IsHeadless)
            return $"the cluster address of Service {service} leads nowhere outside the cluster";
        if (flow.Port.Protocol == Protocol.Icmp)
            return "a Service forwards no ICMP";
        if (!service.IsHeadless && service.ClusterIps.All(a => a.Family != flow.Family))
            return $"Service {service} has no {flow.Family} address";
        var port = service.Ports.FirstOrDefault(p => p.Protocol == flow.Port.Protocol && p.Port == flow.Port.Port);
        if (port is null && !service.IsHeadless)
            return $"Service {service} has no port {flow.Port}";
        legs = (from pod in service.PodsIn(cluster.Snapshot)
                where !pod.IsTerminating
                let number = service.IsHeadless ? flow.Port.Port : port!.PortOf(pod)
                let address = pod.AddressOf(flow.Family)
                where number is not null && address is not null
                select new Leg(source, address.Value, flow.Port.Protocol, number.Value)).ToValueList();
        return legs.Count > 0 ? null : $"no pod with an {flow.Family} address stands behind Service {service}";
    }
}
