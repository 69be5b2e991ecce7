using Podwall.Cli.Checking;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Cli.Suggesting;

/// <summary>The flows of a log in the words of a cluster, and every line that means nothing in it.</summary>
internal sealed class ObservedFlows(Cluster cluster)
{
    private const int LongestLine = 1 << 20;

    private readonly EndpointNames names = new(cluster.Manifests, cluster.Compiled, cluster.DefaultNamespace);
    private readonly Dictionary<(string, string?), (NamedEnds? Ends, string? Missing)> known = [];
    private readonly HashSet<Flow> flows = [];

    public IReadOnlyCollection<Flow> Flows => flows;

    public List<string> Faults { get; } = [];

    /// <summary>Lines that were flows.</summary>
    public long Lines { get; private set; }

    /// <summary>Lines that say that something was denied; it is not suggested to allow that.</summary>
    public long Denied { get; private set; }

    public void Read(Stream log)
    {
        foreach (var line in new LineReader(log, LongestLine))
        {
            var read = line.IsTooLong ? new(null, $"is longer than {LongestLine} bytes") : FlowLog.Read(line.Bytes.Span);
            Denied += read.IsDenied ? 1 : 0;
            var fault = read.Fault ?? (read.Flow is { } flow ? Take(flow) : null);
            if (fault is not null)
                Faults.Add($"line {line.Number} {fault}");
            else if (read.Flow is not null)
                Lines++;
        }
    }

    /// <summary>Null where both ends are known; else which is not.</summary>
    private string? Take(LoggedFlow logged)
    {
        var (from, to) = (Find(logged.From, logged.FromAddress), Find(logged.To, logged.ToAddress));
        if (from.Missing is not null || to.Missing is not null)
            return $"names an end that is not known: {from.Missing ?? to.Missing}";
        foreach (var target in to.Ends!.Ends)
        {
            var (protocol, port) = (logged.Protocol, logged.Port);
            // A Service's own address is translated before policies see the packet.
            if (to.Ends.Service is { } service && Address.TryParse(logged.To, out _) && protocol != Protocol.Icmp)
            {
                if (Questions.ResolveService(service, target, new(protocol, port, null), out var behind) is { } problem)
                    return problem;
                (protocol, port) = behind;
            }

            foreach (var source in from.Ends!.Ends)
                if (source.Pod is null || source.Pod != target.Pod || source.Pod.StandsForReplicas)
                    flows.Add(new(source, target, protocol, port));
        }

        return null;
    }

    private (NamedEnds? Ends, string? Missing) Find(string name, string? address)
    {
        if (known.TryGetValue((name, address), out var found))
            return found;
        var missing = names.TryFind(name, out var ends);
        // A pod that is gone by now may have a workload that is not; its name begins with the workload's.
        if (missing is not null && Workload(name) is { } workload)
            missing = names.TryFind(workload, out ends);
        return known[(name, address)] = missing is null ? (ends, null) : (null, missing);
    }

    private string? Workload(string name) => name.Split('/') is [var ns, var pod]
        ? cluster.Compiled.Snapshot.Find(ns)?.Pods.Select(p => p.Workload).Where(w => pod.StartsWith($"{w.Name}-", StringComparison.Ordinal)).OrderByDescending(w => w.Name.Length).Select(w => $"{w.Namespace}/{w.Name}").FirstOrDefault()
        : null;
}
