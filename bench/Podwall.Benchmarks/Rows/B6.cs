using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Podwall.Benchmarks.Measuring;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Simulation;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;

namespace Podwall.Benchmarks.Rows;

/// <summary>What many agents cost one API server: each watches what an agent watches, in a process beside that decodes nothing.</summary>
public static class B6
{
    private const double Rate = 115;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    private static readonly ResourceType[] Watched = [ResourceType.Pods, ResourceType.Namespaces, ResourceType.Nodes, ResourceType.NetworkPolicies];

    public static async Task RunAsync(RowReport report)
    {
        var folder = Directory.CreateTempSubdirectory("podwall-bench");
        var socket = Path.Combine(folder.FullName, "api.sock");
        ObjectStore store = new();
        var cluster = SimulatedCluster.Fill(store, Workload.Of("W-L").Snapshot);
        await using (await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }))
        {
            using (ApiClient client = new(AccessTo(socket)))
                foreach (var type in new[] { ResourceType.Pods, ResourceType.NetworkPolicies })
                {
                    var (spent, bytes) = (Processor(), await CountAsync(await client.OpenAsync(type.Path()), CancellationToken.None));
                    report.Add($"W-L: {type.Plural} listed once", $"{bytes / 1e6:0} MB, {(Processor() - spent).TotalSeconds:0.0} s of processor for server and reader", "", "", null);
                }

            var quiet = (await WatchedAsync(cluster, store, socket, 0)).Processor;
            foreach (var agents in new[] { 1, 200, 1_000 })
            {
                var (bytes, processor, edits) = await WatchedAsync(cluster, store, socket, agents);
                report.Add($"W-L: {agents} agents at {Rate:0} edits/s for {Load.TotalSeconds:0} s, {edits} edits made", $"{bytes / 1e6 / agents / Load.TotalSeconds:0.000} MB/s an agent, {bytes / 1e6 / Load.TotalSeconds:0.0} MB/s in all",
                    processor > quiet ? $"{(processor - quiet).TotalSeconds / Load.TotalSeconds:0.00} cores of the server, {(processor - quiet).TotalMilliseconds / agents / Load.TotalSeconds:0.00} ms a second an agent" : "no more of the server than without", "", null);
            }
        }

        folder.Delete(recursive: true);
    }

    /// <summary>The process beside: watches until its input ends, then says how much it got.</summary>
    public static async Task WatchAsync(string socket, int agents, string version)
    {
        using CancellationTokenSource stop = new();
        using ApiClient client = new(AccessTo(socket));
        List<Task<long>> watches = [];
        // One after the other: a socket has room for few that are not yet let in.
        for (var agent = 0; agent < agents; agent++)
            foreach (var type in Watched)
                watches.Add(CountAsync(await client.OpenAsync($"{type.Path()}?watch=true&allowWatchBookmarks=true&resourceVersion={version}", cancellation: stop.Token), stop.Token));
        Console.WriteLine("watching");
        await Console.In.ReadLineAsync();
        await stop.CancelAsync();
        Console.WriteLine((await Task.WhenAll(watches)).Sum());
    }

    private static async Task<(long Bytes, TimeSpan Processor, int Edits)> WatchedAsync(SimulatedCluster cluster, ObjectStore store, string socket, int agents)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["--watch", socket, $"{agents}", $"{store.Version}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var watching = Process.Start(start)!;
        await watching.StandardOutput.ReadLineAsync();
        var (spent, before) = (Processor(), cluster.Edits);
        using (CancellationTokenSource limit = new(Load))
            await cluster.ChurnAsync(Rate, limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        var used = Processor() - spent;
        await watching.StandardInput.WriteLineAsync();
        var bytes = long.Parse((await watching.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await watching.WaitForExitAsync();
        return (bytes, used, cluster.Edits - before);
    }

    private static async Task<long> CountAsync(ApiBody body, CancellationToken cancellation)
    {
        long count = 0;
        try
        {
            await using (body)
            {
                var buffer = new byte[64 * 1024];
                while (await body.Stream.ReadAsync(buffer, cancellation) is > 0 and var read)
                    count += read;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException && cancellation.IsCancellationRequested)
        {
            // Enough was seen.
        }

        return count;
    }

    private static TimeSpan Processor() => Process.GetCurrentProcess().TotalProcessorTime;

    private static ClusterAccess AccessTo(string socket) => new(new("http://localhost/")) { Origin = socket, UnixSocket = socket };
}
