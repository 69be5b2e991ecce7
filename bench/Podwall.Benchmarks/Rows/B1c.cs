using System.Diagnostics;
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
        await using var agent = await AgentInProcess.StartAsync(whole.Nodes[0], new([], whole.Nodes));
        using KernelNode wanted = new(whole);
        wanted.Lowered.Update(Compiled.Compile(whole));
        var before = agent.Transactions;
        var clock = Stopwatch.StartNew();
        await PlayAsync(share => Part(bare, withPods, share, whole.Nodes));
        await PlayAsync(share => Part(withPods, blocks, share, whole.Nodes));
        var played = clock.Elapsed;
        while (wanted.Table.Differences(wanted.Lowered.Contents).Count > 0)
            await Task.Yield();
        var behind = clock.Elapsed - played;
        var transactions = agent.Transactions - before;
        var script = NftMirror.Script(wanted.Lowered.Contents);
        var nft = Timing.Of(() => NftMirror.Run(script));
        NftMirror.Remove();
        report.Add($"W: {whole.Pods.Count()} pods in a second, {whole.Policies.Count()} policies in the next", $"in force {RowReport.Milliseconds(behind)} after the last", $"{RowReport.Milliseconds(nft)}: one `nft -f` of what is then there", "<= 2x", behind <= 2 * nft);
        report.Add("W: transactions for them", $"{transactions}", "", "<= 50", transactions <= 50);

        async Task PlayAsync(Func<double, Snapshot> state)
        {
            using PeriodicTimer timer = new(Tick);
            var started = Stopwatch.StartNew();
            double share;
            do
            {
                await timer.WaitForNextTickAsync();
                share = Math.Min(1, started.Elapsed / Burst);
                agent.Tell(state(share));
            }
            while (share < 1);
        }
    }

    // Namespace after namespace has what comes next; the rest are the same objects as before.
    private static Snapshot Part(NamespaceBlock[] before, NamespaceBlock[] after, double share, ValueList<Node> nodes) =>
        new([.. after.Take((int)(after.Length * share)), .. before.Skip((int)(after.Length * share))], nodes);
}
