using System.Diagnostics;
using System.Threading.Channels;
using Podwall.Agent;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>A cluster that comes at once: W's pods in a second, and its policies in the next, through the agent's own loop.</summary>
public static class B1c
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1), Tick = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(RowReport report)
    {
        var whole = Workload.Of("W").Snapshot;
        NamespaceBlock[] blocks = [.. whole.Namespaces], withPods = [.. blocks.Select(n => n.With(policies: []))], bare = [.. withPods.Select(n => n.With(pods: []))];
        AgentOptions options = new(whole.Nodes[0].Name) { PodInterfaces = ["pod*"], Resync = TimeSpan.FromHours(1) };
        Metrics metrics = new();
        using StringWriter said = new();
        AgentLog log = new(said, TimeProvider.System);
        var transactions = 0;
        using Enforcer enforcer = new(options, metrics, log, TimeProvider.System, new() { Interfere = (_, isSent) => transactions += isSent ? 1 : 0 });
        // Of what comes while the loop is busy it sees the newest, as from the client.
        var states = Channel.CreateBounded<AgentState>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using CancellationTokenSource stop = new();
        var running = Task.Run(() => new AgentLoop(enforcer, options, log).RunAsync(states.Reader.ReadAllAsync(stop.Token), stop.Token));
        await states.Writer.WriteAsync(new(new([], whole.Nodes), ""));
        while (!enforcer.IsInForce)
            await Task.Yield();
        using KernelNode wanted = new(whole);
        wanted.Lowered.Update(Compiled.Compile(whole));
        var before = transactions;
        var clock = Stopwatch.StartNew();
        await PlayAsync(share => Part(bare, withPods, share, whole.Nodes));
        await PlayAsync(share => Part(withPods, blocks, share, whole.Nodes));
        var played = clock.Elapsed;
        while (wanted.Table.Differences(wanted.Lowered.Contents).Count > 0)
            await Task.Yield();
        var behind = clock.Elapsed - played;
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        var script = NftMirror.Script(wanted.Lowered.Contents);
        var nft = Timing.Of(() => NftMirror.Run(script));
        NftMirror.Remove();
        report.Add($"W: {whole.Pods.Count()} pods in a second, {whole.Policies.Count()} policies in the next", $"in force {RowReport.Milliseconds(behind)} after the last", $"{RowReport.Milliseconds(nft)}: one `nft -f` of what is then there", "<= 2x", behind <= 2 * nft);
        report.Add("W: transactions for them", $"{transactions - before}", "", "<= 50", transactions - before <= 50);

        async Task PlayAsync(Func<double, Snapshot> state)
        {
            using PeriodicTimer timer = new(Tick);
            var started = Stopwatch.StartNew();
            double share;
            do
            {
                await timer.WaitForNextTickAsync();
                share = Math.Min(1, started.Elapsed / Burst);
                await states.Writer.WriteAsync(new(state(share), ""));
            }
            while (share < 1);
        }
    }

    // Namespace after namespace has what comes next; the rest are the same objects as before.
    private static Snapshot Part(NamespaceBlock[] before, NamespaceBlock[] after, double share, ValueList<Node> nodes) =>
        new([.. after.Take((int)(after.Length * share)), .. before.Skip((int)(after.Length * share))], nodes);
}
