using System.Diagnostics;
using System.Runtime.CompilerServices;
using Podwall.Benchmarks.Measuring;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Api;
using Podwall.Lab.Simulation;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>The API server and the client that follows it, in one process over loopback and TLS.</summary>
public static class B0
{
    private const int Watchers = 200;
    private const double Rate = 100;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(RowReport report, ValueList<string> workloads)
    {
        foreach (var name in workloads.AsEnumerable())
            await MeasureAsync(report, name);
        await WatchersAsync(report);
    }

    private static async Task MeasureAsync(RowReport report, string name)
    {
        var pods = Workload.Of(name).Snapshot.Pods.Count();
        var empty = LiveBytes();
        var filling = Stopwatch.StartNew();
        var store = Filled(name);
        filling.Stop();
        await Task.Yield();
        var filled = LiveBytes();
        report.Add($"{name}: the server's objects", $"{(filled - empty) / 1e6:0} MB for {pods} pods, filled in {filling.Elapsed.TotalSeconds:0.0} s", "", "1 GB at 100,000 pods", pods == 100_000 ? filled - empty < 1e9 : null);
        await using var server = await ApiServer.StartAsync(new() { Store = store });
        using ApiClient client = new(AccessOf(server));
        if (name == "W")
            await ListsAsync(report, server, client);
        var before = LiveBytes();
        var syncing = Stopwatch.StartNew();
        await using var revisions = new ClusterFollower(client).FollowAsync().GetAsyncEnumerator();
        await revisions.MoveNextAsync();
        syncing.Stop();
        var revision = revisions.Current;
        if (!revision.IsSynced || revision.Snapshot.Pods.Count() != pods)
            throw new InvalidOperationException($"{name}: {revision.Snapshot.Pods.Count()} of {pods} pods came through.");
        var held = LiveBytes() - before;
        GC.KeepAlive(revision);
        report.Add($"{name}: the client's live bytes a pod", $"{(double)held / pods:0} B ({held / 1e6:0.0} MB), synced in {syncing.Elapsed.TotalSeconds:0.0} s", "", "<= 1 KB", (double)held / pods <= 1024);
    }

    // The generator's own snapshot must not count, so it lives and dies in here.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectStore Filled(string workload)
    {
        ObjectStore store = new();
        SimulatedCluster.Fill(store, Workload.Of(workload).Snapshot);
        return store;
    }

    private static async Task ListsAsync(RowReport report, ApiServer server, ApiClient client)
    {
        foreach (var (what, query) in new[] { ("one page", ""), ("pages of 500", "?limit=500") })
        {
            var raw = await BestAsync(() => RawAsync(client, query));
            var read = await BestAsync(() => ReadAsync(client, query.Length == 0 ? 1_000_000 : 500));
            report.Add($"W: pods and policies listed and decoded, {what}", RowReport.Milliseconds(read), $"{RowReport.Milliseconds(raw)}, the same bytes only received", "", null);
        }

        GC.KeepAlive(server);
    }

    private static async Task<TimeSpan> BestAsync(Func<Task> run)
    {
        await run();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var clock = Stopwatch.StartNew();
            await run();
            best = clock.Elapsed < best ? clock.Elapsed : best;
        }

        return best;
    }

    private static async Task RawAsync(ApiClient client, string query)
    {
        foreach (var type in new[] { ResourceType.Pods, ResourceType.NetworkPolicies })
        {
            var next = "";
            do
            {
                await using var body = await client.OpenAsync($"{type.Path()}{query}{(next.Length > 0 ? $"&continue={next}" : "")}");
                using StreamReader text = new(body.Stream);
                var all = await text.ReadToEndAsync();
                var head = all[..Math.Min(400, all.Length)];
                var at = head.IndexOf("\"continue\":\"", StringComparison.Ordinal);
                next = at < 0 ? "" : head[(at + 12)..head.IndexOf('"', at + 12)];
            }
            while (next.Length > 0);
        }
    }

    private static async Task ReadAsync(ApiClient client, int page)
    {
        PodDecoder pods = new();
        TreeDecoder trees = new();
        await Pages.ReadAsync(client, ResourceType.Pods, page, json => pods.Decode(json), CancellationToken.None);
        await Pages.ReadAsync(client, ResourceType.NetworkPolicies, page, json => trees.EnginePolicy(json), CancellationToken.None);
    }

    private static async Task WatchersAsync(RowReport report)
    {
        ObjectStore store = new();
        var cluster = SimulatedCluster.Fill(store, Workload.Of("W-S").Snapshot);
        await using var server = await ApiServer.StartAsync(new() { Store = store });
        using ApiClient client = new(AccessOf(server));
        using CancellationTokenSource stop = new();
        var from = store.Version;
        var reached = new ulong[Watchers];
        var seen = new long[Watchers];
        Task[] watchers = [.. Enumerable.Range(0, Watchers).Select(i => WatchAsync(i))];
        using CancellationTokenSource load = new(Load);
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        List<ulong> behind = [];
        var churning = Task.Run(() => cluster.ChurnAsync(Rate, load.Token));
        while (!load.IsCancellationRequested)
        {
            await Task.Delay(50);
            var now = store.Version;
            behind.AddRange(reached.Select(r => now - Math.Min(now, Math.Max(from, r))));
        }

        await churning.ContinueWith(_ => { }, TaskScheduler.Default);
        var used = Process.GetCurrentProcess().TotalProcessorTime - processor;
        var last = store.View(ResourceType.Pods).Objects.Max(o => o.Version);
        var clock = Stopwatch.StartNew();
        while (reached.Any(r => r < last) && clock.Elapsed < TimeSpan.FromSeconds(30))
            await Task.Delay(5);
        behind.Sort();
        report.Add($"{Watchers} watchers of pods at {Rate:0} edits/s for {Load.TotalSeconds:0} s", $"behind by {behind[behind.Count / 2]} edits (median), {behind[behind.Count * 99 / 100]} (p99), {behind[^1]} (most); all caught up {RowReport.Milliseconds(clock.Elapsed)} after the end",
            $"{seen.Sum():n0} events, {used.TotalSeconds:0.0} s of processor for server and watchers", "none behind for good", reached.All(r => r >= last));
        await stop.CancelAsync();
        await Task.WhenAll(watchers).ContinueWith(_ => { }, TaskScheduler.Default);

        async Task WatchAsync(int number)
        {
            await using var body = await client.OpenAsync($"{ResourceType.Pods.Path()}?watch=true&resourceVersion={from}", cancellation: stop.Token);
            WatchFrames frames = new();
            ByteFeed feed = new(body.Stream);
            PodDecoder pods = new();
            while (await feed.FillAsync(stop.Token))
                feed.Consume(frames.Advance(feed.Unread, json =>
                {
                    seen[number]++;
                    Volatile.Write(ref reached[number], ulong.Parse(pods.Decode(WatchEvent.Parse(json).Object).ResourceVersion, System.Globalization.CultureInfo.InvariantCulture));
                }));
        }
    }

    // What waits for a finalizer or lies in a pool is not live.
    private static long LiveBytes()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static ClusterAccess AccessOf(ApiServer server) => new(server.Address)
    {
        Authority = new Pem.Text(server.Authority.ExportCertificatePem(), "the benchmark"),
        Credentials = Credentials.OfToken(server.Token),
    };
}
