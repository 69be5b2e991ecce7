using System.Diagnostics;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>A cluster that comes at once: W's pods in a second, and its policies in the next, through the agent's own loop.</summary>
public static class B1c
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1), Tick = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(Settings settings, RowReport report)
    {
        _ = new PodPair();
        var whole = PodPair.In(Workload.Of("W").Snapshot, PodPair.ProbePort, PodPair.ProbePort);
        var pair = whole.Namespaces.First(n => n.Name == PodPair.Namespace);
        NamespaceBlock[] blocks = [.. whole.Namespaces.Where(n => n != pair)], withPods = [.. blocks.Select(n => n.With(policies: []))], bare = [.. withPods.Select(n => n.With(pods: []))];
        var empty = State(bare);
        await using var agent = await AgentInProcess.StartAsync(whole.Nodes[0], empty);
        using KernelNode first = new(empty), last = new(whole);
        first.Compute(empty);
        last.Compute(whole);
        var script = NftMirror.Script(last.Lowered.Contents);
        List<int> transactions = [];
        var taken = Comparison.Of(() => Timing.Of(() => NftMirror.Run(script)), () => PlayAsync().GetAwaiter().GetResult(), settings.Attempts);
        NftMirror.Remove();
        report.Add($"W: {whole.Pods.Count()} pods in a second, {whole.Policies.Count()} policies in the next, in force after the last", taken, "<= 2x", 2, settings.IsPreliminary, $", {RowReport.Milliseconds(taken.Subject.Runs.Max())} at most");
        report.Add("W: transactions for them", $"{transactions.Max()} at most", "", "<= 50", transactions.Max() <= 50);
        using CancellationTokenSource stop = new();
        var probing = Task.Factory.StartNew(() => PodPair.Probe(stop.Token), TaskCreationOptions.LongRunning);
        await PlayAsync();
        await stop.CancelAsync();
        var probes = await probing;
        report.Add($"once more, with {probes.Sent} allowed and {probes.Sent} denied datagrams of two other pods meanwhile", $"{probes.Sent - probes.Allowed} allowed ones lost, {probes.Denied} denied ones came through", "", "0 wrongly allowed", probes is { Denied: 0 } && probes.Allowed == probes.Sent);

        Snapshot State(IEnumerable<NamespaceBlock> others) => new([pair, .. others], whole.Nodes);

        // Namespace after namespace has what comes next; the rest are the same objects as before.
        Snapshot Part(NamespaceBlock[] before, NamespaceBlock[] after, double share) => State([.. after.Take((int)(after.Length * share)), .. before.Skip((int)(after.Length * share))]);

        async Task<TimeSpan> PlayAsync()
        {
            agent.Tell(empty);
            await InForceAsync(first);
            var before = agent.Transactions;
            await TellAsync(share => Part(bare, withPods, share));
            await TellAsync(share => Part(withPods, blocks, share));
            var behind = await Timing.OfAsync(() => InForceAsync(last));
            transactions.Add(agent.Transactions - before);
            return behind;
        }

        async Task TellAsync(Func<double, Snapshot> state)
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

    private static async Task InForceAsync(KernelNode wanted)
    {
        while (wanted.Table.Differences(wanted.Lowered.Contents).Count > 0)
            await Task.Yield();
    }
}
