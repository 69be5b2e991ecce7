using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>
/// One end of a probe as a person writes it: <c>prod/web</c> is a pod, <c>svc:prod/web</c> a Service by its name, and an
/// address is the Service whose cluster address it is, or else lies outside.
/// </summary>
public abstract record ProbeEnd
{
    private const string ServicePrefix = "svc:";

    private ProbeEnd()
    {
    }

    /// <summary>A pod.</summary>
    public sealed record OnePod(PodId Id) : ProbeEnd
    {
        public override string ToString() => Id.ToString();
    }

    /// <summary>A Service by its name, as DNS resolves it.</summary>
    public sealed record OneService(string Namespace, string Name) : ProbeEnd
    {
        public override string ToString() => $"{ServicePrefix}{Namespace}/{Name}";
    }

    /// <summary>The cluster address of a Service, or an address outside the cluster.</summary>
    public sealed record AtAddress(Address Address) : ProbeEnd
    {
        public override string ToString() => Address.ToString();
    }

    public static ProbeEnd? TryParse(string text)
    {
        if (Address.TryParse(text, out var address))
            return new AtAddress(address);
        var isService = text.StartsWith(ServicePrefix, StringComparison.Ordinal);
        return text[(isService ? ServicePrefix.Length : 0)..].Split('/') is [{ Length: > 0 } ns, { Length: > 0 } name]
            ? isService ? new OneService(ns, name) : new OnePod(new(ns, name))
            : null;
    }
}

/// <summary>A port to probe, and how it is carried; ICMP has port 0.</summary>
public readonly record struct ProbePort(Protocol Protocol, ushort Port)
{
    /// <summary>The ports to try of an expected one: of a range its ends, of all ports those that somebody declares.</summary>
    public static IEnumerable<ProbePort> Of(ExpectedPort port, IEnumerable<ContainerPort> declared) => port switch
    {
        { IsAny: false, Last: null } => [new(port.Protocol, port.Port ?? 0)],
        { IsAny: false } when port.Traffic.Of(port.Protocol).IsAll => declared.Where(d => d.Protocol == port.Protocol).Select(d => new ProbePort(d.Protocol, d.Number)).Distinct(),
        { IsAny: false } => [new(port.Protocol, port.Port!.Value), new(port.Protocol, port.Last!.Value)],
        _ => declared.Select(d => new ProbePort(d.Protocol, d.Number)).Append(new(Protocol.Icmp, 0)).Distinct(),
    };

    public override string ToString() => Protocol == Protocol.Icmp ? "icmp" : $"{Port}/{Protocol.Name().ToLowerInvariant()}";
}

/// <summary>One connection to try. Each family is a flow of its own: packets take one of them.</summary>
public sealed record ProbeFlow(ProbeEnd From, ProbeEnd To, ProbePort Port, IpFamily Family)
{
    public override string ToString() => $"{From} -> {To} {Port}{(Family == IpFamily.V6 ? " over IPv6" : "")}";
}
