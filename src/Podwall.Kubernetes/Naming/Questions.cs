using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Turns a question as people write it into flows.</summary>
public sealed class Questions(Manifests manifests, Compiled compiled, string? ns = null)
{
    private readonly EndpointNames names = new(manifests, compiled, ns);

    /// <summary>The ends named by <c>--from</c> and <c>--to</c>; what is wrong with them goes into the list.</summary>
    public (NamedEnds From, NamedEnds To, PortText? Port, bool ThroughService)? Ends(string from, string to, List<string> problems)
    {
        Note(FlowTarget.TryParse(from, out var source), "--from");
        Note(FlowTarget.TryParse(to, out var target), "--to");
        if (problems.Count > 0)
            return null;
        if (source.Port is not null)
            problems.Add("--from takes no port: policies know the destination's port only.");
        Note(names.TryFind(source.End, out var sources), "--from");
        Note(names.TryFind(target.End, out var targets), "--to");
        return problems.Count == 0 ? (sources, targets, target.Port, IsThroughService(target.End, targets)) : null;

        void Note(string? problem, string option)
        {
            if (problem is not null)
                problems.Add($"{option}: {problem}");
        }
    }

    /// <summary>The pods' own port and protocol that a written port means behind a destination.</summary>
    public string? Resolve(Endpoint end, Service? through, PortText port, out (Protocol Protocol, int Port) resolved)
    {
        resolved = (port.Protocol, port.Number);
        if (port.Protocol == Protocol.Icmp)
            return null;
        if (through is not null)
            return ResolveService(through, end, port, out resolved);
        if (port.Name is null)
            return null;
        var number = end.Pod?.Ports.FirstOrDefault(p => p.Name == port.Name && p.Protocol == port.Protocol);
        if (number is not { Name: not null })
            return $"{end} names no {port.Protocol.Name()} port \"{port.Name}\".";
        resolved = (port.Protocol, number.Value.Number);
        return null;
    }

    /// <summary>A workload's own name wins over a Service of the same name; its kind or its address mean the Service all the same.</summary>
    public static bool IsThroughService(string written, NamedEnds named) =>
        named.Service is not null && (written.Count(c => c == '/') == 2 || Address.TryParse(written, out _) || !IsWorkload(named));

    private static bool IsWorkload(NamedEnds named) => named.Ends.Any(e => e.Pod is { } pod && (pod.Id.ToString() == named.Name || pod.Workload.ToString() == named.Name));

    public static string? ResolveService(Service service, Endpoint end, PortText port, out (Protocol Protocol, int Port) resolved)
    {
        resolved = (port.Protocol, port.Number);
        // A headless Service is a name for the pods' addresses, and translates nothing.
        if (service.IsHeadless && port.Name is null)
            return null;
        var wanted = service.Ports.FirstOrDefault(p => p.Protocol == port.Protocol && (port.Name is null ? p.Port == port.Number : p.Name == port.Name));
        if (wanted is null)
            return $"Service {service} has no {port.Protocol.Name()} port {port.Name ?? $"{port.Number}"}; it has {(service.Ports.Count == 0 ? "none" : string.Join(", ", service.Ports.Select(p => $"{p.Port}/{p.Protocol.Name().ToLowerInvariant()}{(p.Name is null ? "" : $" ({p.Name})")}")))}.";
        if (wanted.PortOf(end.Pod!) is not { } target)
            return $"Service {service} sends port {wanted.Port} to the port named \"{wanted.TargetPort.Name}\", which {end} does not have.";
        resolved = (port.Protocol, target);
        return null;
    }
}
