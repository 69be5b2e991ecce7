using System.Net.Sockets;
using Podwall.Lab.Pods;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// Tries flows with real packets, from and to the namespaces of a lab. The lab itself looks up the names of Services: whether
/// a pod may ask for names is a flow of its own.
/// </summary>
internal sealed class LabProbes(LabNetwork network, PodRuntime runtime)
{
    // Most of the time is spent on waiting for what never comes.
    private const int AtOnce = 256;

    /// <summary>The outcomes as they come in, each with the number of its flow.</summary>
    public async IAsyncEnumerable<(int Number, ProbeOutcome Outcome)> TryAsync(LabCluster cluster, IReadOnlyList<ProbeFlow> flows, TimeSpan patience, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        Legs legs = new(cluster);
        var outcomes = System.Threading.Channels.Channel.CreateUnbounded<(int, ProbeOutcome)>();
        var all = Parallel.ForAsync(0, flows.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, token) =>
            outcomes.Writer.TryWrite((i, await TryAsync(cluster, legs, flows[i], patience, token))));
        _ = all.ContinueWith(done => outcomes.Writer.Complete(done.Exception?.GetBaseException()), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await foreach (var outcome in outcomes.Reader.ReadAllAsync(cancellation))
            yield return outcome;
    }

    private async Task<ProbeOutcome> TryAsync(LabCluster cluster, Legs legs, ProbeFlow flow, TimeSpan patience, CancellationToken cancellation)
    {
        if (legs.TryFind(flow, out var found) is { } reason)
            return ProbeOutcome.Unknown(reason);
        var leg = found[0];
        var service = legs.ServiceOf(flow.To);
        if (service is { IsHeadless: false })
            leg = leg with { To = service.ClusterIps.First(a => a.Family == flow.Family), Port = flow.Port.Port };
        try
        {
            var source = SpaceOf(cluster, flow.From);
            if (flow.Port.Protocol != Protocol.Sctp)
                return await PacketProbe.TryAsync(source, leg, patience, cancellation);
            return service is not null ? ProbeOutcome.Unknown("the Services of a lab forward TCP and UDP, no SCTP") : await SctpProbe.TryAsync(source, SpaceOf(cluster, flow.To), leg, patience, cancellation);
        }
        catch (Exception failed) when (failed is IOException or SocketException)
        {
            return ProbeOutcome.Unknown($"the connection cannot be tried: {failed.Message}");
        }
    }

    private NetworkSpace SpaceOf(LabCluster cluster, ProbeEnd end) => end switch
    {
        ProbeEnd.OnePod(var id) => runtime.Find(id).Sandbox.Space,
        ProbeEnd.AtAddress(var address) when cluster.Snapshot.Nodes.Select((n, i) => (n, i)).FirstOrDefault(n => n.n.Addresses.Contains(address)) is { n: not null, i: var node } => network.Nodes[node],
        _ => network.Outside,
    };
}
