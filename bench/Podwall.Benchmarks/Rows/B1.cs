using System.Diagnostics;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>One change of the cluster to the kernel that enforces it: read from what a watch tells, compiled, lowered, committed.</summary>
public static class B1
{
    private const int Edits = 1_000, EditsPerRelabel = 50;

    public static void Run(RowReport report, ValueList<string> workloads)
    {
        // Once unseen, so that what is measured is compiled as far as it will be.
        Measure(new("", ""), "W-S");
        Dictionary<string, TimeSpan> medians = [];
        foreach (var name in workloads.AsEnumerable())
            medians[name] = Measure(report, name);
        if (medians.TryGetValue("W-S", out var small) && medians.TryGetValue("W-L", out var large))
            report.Add("W-L beside W-S, medians", RowReport.Ratio(large / small), RowReport.Milliseconds(small), "<= 1.5x", large <= 1.5 * small);
    }

    private static TimeSpan Measure(RowReport report, string name)
    {
        WatchBytes watch = new(Workload.Of(name).Snapshot);
        var snapshot = watch.Snapshot;
        using KernelNode node = new(snapshot);
        node.Compute(snapshot);
        node.Table.Install(node.Lowered.Contents);
        NftMirror.Load(node.Lowered.Contents);
        List<TimeSpan> all = [], committed = [], beside = [];
        List<int> sizes = [];
        for (var i = 0; i < Edits; i++)
        {
            var next = i % EditsPerRelabel == EditsPerRelabel - 1 ? RelabelOne(snapshot, new(i)) : Churn.Edit(snapshot, i);
            var events = WatchBytes.Between(snapshot, next);
            var clock = Stopwatch.StartNew();
            snapshot = watch.Take(events);
            node.Lowered.Update(node.View.Update(snapshot));
            var deltas = node.Lowered.Contents.Pending();
            var sent = node.Table.Apply(node.Lowered.Contents);
            all.Add(clock.Elapsed);
            if (sent == 0)
                continue;
            committed.Add(clock.Elapsed);
            sizes.Add(sent);
            beside.Add(Spent(deltas));
        }

        node.Check();
        NftMirror.Remove();
        report.Add($"{name}: {Edits} changes, all", $"p50 {Ms(all, 50)}, p99 {Ms(all, 99)}", "", "", null);
        report.Add($"{name}: the {committed.Count} that this node must know, watch bytes in -> committed", $"p50 {Ms(committed, 50)}, p99 {Ms(committed, 99)}; {sizes.Order().ElementAt(sizes.Count / 2)} elements at the median",
            $"p50 {Ms(beside, 50)}, p99 {Ms(beside, 99)}: `nft -f -` of the same delta", "p50 <= 1.0x, p99 <= 3x", At(committed, 50) <= At(beside, 50) && At(committed, 99) <= 3 * At(beside, 99));
        return At(committed, 50);
    }

    /// <summary>One namespace joins another team.</summary>
    private static Snapshot RelabelOne(Snapshot snapshot, Random random)
    {
        var block = snapshot.Namespaces[random.Next(snapshot.Namespaces.Count)];
        return snapshot.With(block.With(labels: block.Labels.With("team", $"team-{random.Next(TeamCluster.Teams)}")));
    }

    private static TimeSpan Spent(IReadOnlyList<MapDelta> deltas)
    {
        var script = NftMirror.Script(deltas);
        return Timing.Of(() => NftMirror.Run(script));
    }

    private static TimeSpan At(List<TimeSpan> runs, int percent) => runs.Order().ElementAt(Math.Min(runs.Count - 1, runs.Count * percent / 100));

    private static string Ms(List<TimeSpan> runs, int percent) => $"{At(runs, percent).TotalMilliseconds:0.000} ms";
}
