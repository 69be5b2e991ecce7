using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Api;
using Podwall.Lab.Simulation;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;
using Podwall.Nftables.Kernel;

namespace Podwall.Benchmarks.Rows;

/// <summary>The published agent is killed and started again with W loaded, while packets are sent.</summary>
public static class B2c
{
    private const int Restarts = 20, Starts = 7;

    public static async Task RunAsync(Settings settings, RowReport report)
    {
        _ = new PodPair();
        var workload = Workload.Of("W").Snapshot;
        var node = workload.Nodes[0].Name;
        var snapshot = PodPair.In(workload, PodPair.ProbePort, PodPair.ProbePort);
        var folder = Directory.CreateTempSubdirectory("podwall-bench");
        var socket = Path.Combine(folder.FullName, "api.sock");
        ObjectStore store = new();
        SimulatedCluster.Fill(store, snapshot);
        await using (await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }))
        {
            using KernelTable table = new();
            List<TimeSpan> cold = [], warm = [];
            for (var i = 0; i < Starts; i++)
            {
                table.Delete();
                cold.Add(await InForceAsync());
                warm.Add(await InForceAsync());
            }

            var generation = table.Generation();
            using CancellationTokenSource stop = new();
            var probing = Task.Factory.StartNew(() => PodPair.Probe(stop.Token), TaskCreationOptions.LongRunning);
            for (var i = 0; i < Restarts; i++)
                await InForceAsync();

            var rewrites = table.Generation() - generation;
            await stop.CancelAsync();
            var probes = await probing;
            report.Add($"{probes.Sent} allowed and {probes.Sent} denied datagrams, {probes.Rate:n0} each a second, over {Restarts} times kill -9 and start", $"{probes.Sent - probes.Allowed} allowed ones lost, {probes.Denied} denied ones came through", "", "0 changed verdicts", probes is { Denied: 0 } && probes.Allowed == probes.Sent);
            report.Add("W: changes of the ruleset by those starts", $"{rewrites}", "", "0 rewrites", rewrites == 0);
            Timing again = new(warm), anew = new(cold);
            report.Add("W: in force after a restart", RowReport.Milliseconds(again.Median) + $" = {RowReport.Ratio(again.Median / anew.Median)}", $"{RowReport.Milliseconds(anew.Median)}, the cold start (spread {anew.Spread:p0})", "<= 0.6x", again.Median <= 0.6 * anew.Median);
        }

        folder.Delete(recursive: true);
        report.Note("Both times are without probes, from the process's start, and hold the list of the whole cluster from the API server, which a restart needs as much as a cold start.");

        async Task<TimeSpan> InForceAsync()
        {
            using var agent = await PublishedAgent.StartAsync(settings.Published, node, socket);
            return agent.InForce;
        }
    }
}
