using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>The difference of two snapshots a hundredth apart, against one full matrix; both sides start from snapshots.</summary>
public static class DiffRow
{
    public static void Measure(Settings settings, RowReport report, string name, Snapshot before)
    {
        var after = Churn.OnePercent(before, new Random(17));
        Check(report, name, before, after);
        Timing.Warm(() => Matrix.Facts(Connectivity.Of(Compiled.Compile(before))));
        Timing.Warm(() => Between(before, after));
        var taken = Comparison.Of(
            () => Timing.Of(() => Matrix.Facts(Connectivity.Of(Compiled.Compile(before)))),
            () => Timing.Of(() => Between(before, after)),
            settings.Attempts);
        report.Add($"{name}, difference of two snapshots 1% apart", taken, "<= 1.2x", 1.2, settings.IsPreliminary);

        var (here, there) = (Connectivity.Of(Compiled.Compile(before)), Connectivity.Of(Compiled.Compile(after)));
        var alone = new Timing([.. Enumerable.Range(0, Comparison.Repetitions).Select(_ => Timing.Of(() => ReachDiff.Between(here, there)))]);
        report.Add($"{name}, the comparison alone", RowReport.Milliseconds(alone.Median), $"{RowReport.Milliseconds(taken.Baseline.Median)}, one matrix", "", met: null);
    }

    private static ReachDiff Between(Snapshot before, Snapshot after)
    {
        var compiled = Compiled.Compile(before);
        return ReachDiff.Between(Connectivity.Of(compiled), Connectivity.Of(compiled.Update(after)));
    }

    // What was added and removed must account for the change in the number of allowed pairs, port by port.
    private static void Check(RowReport report, string name, Snapshot before, Snapshot after)
    {
        var diff = Between(before, after);
        var (was, now) = (Pairs(before), Pairs(after));
        for (var p = 0; p < TeamCluster.Ports.Count; p++)
        {
            var port = TeamCluster.Ports[p];
            var gained = diff.Changes.Sum(c => PairsOf(c) * ((c.Added.Contains(Protocol.Tcp, port) ? 1 : 0) - (c.Removed.Contains(Protocol.Tcp, port) ? 1 : 0)));
            if (was[p] + gained != now[p])
                throw new InvalidOperationException($"{name}, port {port}: {was[p]} pairs and {gained} in the difference are not {now[p]}");
        }

        report.Note($"{name}: the difference ({diff.Changes.Count} changes of {diff.Changes.Sum(PairsOf):n0} pairs) accounts exactly for the pairs of both matrices on every port");
    }

    private static long PairsOf(ReachChange change) => change.From.Sum(f => f == change.To ? f.Pods.Count - 1L : f.Pods.Count) * change.To.Pods.Count;

    private static long[] Pairs(Snapshot snapshot) => Matrix.Pairs(Connectivity.Of(Compiled.Compile(snapshot)), TeamCluster.Ports);
}
