using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Api;
using Podwall.Lab.Simulation;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;

namespace Podwall.Benchmarks.Rows;

/// <summary>Whether the published agent grows while a cluster of one size changes for ten minutes.</summary>
public static class B3b
{
    private const double Rate = 100, RenewalRate = 1_000;

    // Pods that come have more labels than those that were there: by then nearly all of them came.
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(100), Minute = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(Settings settings, RowReport report)
    {
        var folder = Directory.CreateTempSubdirectory("podwall-bench");
        var socket = Path.Combine(folder.FullName, "api.sock");
        ObjectStore store = new();
        var snapshot = Workload.Of("W").Snapshot;
        var cluster = SimulatedCluster.Fill(store, snapshot);
        await using (await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }))
        {
            using var agent = await PublishedAgent.StartAsync(settings.Published, snapshot.Nodes[0].Name, socket);
            await ChurnAsync(RenewalRate, Renewal);
            List<double> resident = [];
            for (var minute = 0; minute < 10; minute++)
            {
                await ChurnAsync(Rate, Minute);
                resident.Add(agent.Resident);
            }

            var pods = cluster.Snapshot.Pods.Count();
            report.Add($"W: resident after ten minutes at {Rate:0} edits/s, {pods} pods", $"{resident[^1] / 1e6:0.0} MB = {RowReport.Ratio(resident[^1] / resident[0])}", $"{resident[0] / 1e6:0.0} MB after the first", "growth < 1%", resident[^1] < 1.01 * resident[0]);
            report.Note($"Minute by minute: {string.Join(", ", resident.Select(r => $"{r / 1e6:0.0}"))} MB. {cluster.Edits} edits in all; before the first minute there were {Renewal.TotalSeconds:0} seconds of {RenewalRate:0} a second.");
        }

        folder.Delete(recursive: true);

        async Task ChurnAsync(double rate, TimeSpan time)
        {
            using CancellationTokenSource limit = new(time);
            await cluster.ChurnAsync(rate, limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
