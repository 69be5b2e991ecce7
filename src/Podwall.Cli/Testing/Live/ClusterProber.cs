using System.Collections.Concurrent;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Testing.Live;

/// <summary>
/// Tries connections in a live cluster from its own pods, by what their containers have (<c>pods/exec</c>). It creates and
/// changes no object.
/// </summary>
internal sealed class ClusterProber(PodCommands commands, LabCluster cluster) : IProber
{
    // Each takes a connection to the API server and its node.
    private const int AtOnce = 16;

    // The kernel sends a lost first packet again after one second.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    // What starting a command may take beside the connection.
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(20);

    private readonly Legs legs = new(cluster);
    private readonly ConcurrentDictionary<PodId, Task<ValueList<string>>> containers = new();
    private readonly ConcurrentDictionary<(PodId, Protocol), (string Container, ConnectTool Tool)> found = new();

    public Task<LabCluster> SnapshotAsync(CancellationToken cancellation) => Task.FromResult(cluster);

    public async Task<ValueList<ProbeOutcome>> ProbeAsync(IReadOnlyList<ProbeFlow> flows, TimeSpan patience, IProgress<int> done, CancellationToken cancellation)
    {
        var outcomes = new ProbeOutcome[flows.Count];
        var count = 0;
        await Parallel.ForAsync(0, flows.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, token) =>
        {
            outcomes[i] = await TryAsync(flows[i], patience < Least ? Least : patience, token);
            done.Report(Interlocked.Increment(ref count));
        });
        return outcomes.ToValueList();
    }

    private async Task<ProbeOutcome> TryAsync(ProbeFlow flow, TimeSpan patience, CancellationToken cancellation)
    {
        if (flow.From is not ProbeEnd.OnePod(var source))
            return ProbeOutcome.Unknown(AssertionFlows.NobodyOutside);
        if (legs.TryFind(flow, out var ways) is { } reason)
            return ProbeOutcome.Unknown(reason);
        var leg = ways[0];
        if (ConnectTool.For(leg) is not { Length: > 0 } tools)
            return ProbeOutcome.Unknown($"{leg.Protocol.Name()} is tried on port 53 alone, by a question for a name: elsewhere silence says nothing");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience + Start);
        try
        {
            var candidates = found.TryGetValue((source, leg.Protocol), out var known) ? [known]
                : (await ContainersAsync(source, cancellation)).SelectMany(c => tools, (c, t) => (Container: c, Tool: t));
            foreach (var (container, tool) in candidates)
                if (tool.Read(await commands.RunAsync(source, container, tool.Words(leg, (int)Math.Ceiling(patience.TotalSeconds)), limit.Token)) is { } outcome)
                {
                    found[(source, leg.Protocol)] = (container, tool);
                    return outcome;
                }

            return ProbeOutcome.Unknown($"no container of {source} has a program that tells ({string.Join(", ", tools.Select(t => t.Name))})");
        }
        catch (ApiException refused)
        {
            return ProbeOutcome.Unknown($"nothing can be run in {source}: {refused.What}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ProbeOutcome.Unknown($"a command in {source} did not end within {(patience + Start).TotalSeconds:0} s");
        }
    }

    private Task<ValueList<string>> ContainersAsync(PodId pod, CancellationToken cancellation) => containers.GetOrAdd(pod, id => commands.ContainersAsync(id, cancellation));
}
