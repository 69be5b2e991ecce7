using System.Globalization;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>A million verdicts, a thousand edits and a difference, against computing everything afresh.</summary>
public static class B5b
{
    private const int Verdicts = 1_000_000;
    private const int Edits = 1_000;

    public static void Run(Settings settings, RowReport report, ValueList<string> workloads)
    {
        foreach (var name in workloads)
        {
            var workload = Workload.Of(name);
            report.Note($"{workload}");
            var compiled = Compiled.Compile(workload.Snapshot);
            report.Note($"{name}: " + OracleCheck.Flows(compiled, Connectivity.Of(compiled), settings.Flows, seed: 5));
            MeasureVerdicts(report, name, compiled);
            MeasureEdits(settings, report, name, workload.Snapshot);
            DiffRow.Measure(settings, report, name, workload.Snapshot);
        }

        StartUpRow.Measure(settings, report);
        report.Note("A full recompute is Compile, Connectivity.Of and every inflow of every class.");
    }

    private static void MeasureVerdicts(RowReport report, string name, Compiled compiled)
    {
        var random = new Random(11);
        var ends = compiled.Snapshot.Pods.Select(compiled.At).OrderBy(_ => random.Next()).Take(2_000).ToArray();
        var flows = Enumerable.Range(0, Verdicts).Select(_ => new Flow(Pick(), Pick(), Protocol.Tcp, TeamCluster.Ports[random.Next(TeamCluster.Ports.Count)])).ToArray();
        Timing.Warm(() => DecideAll());
        var allowed = DecideAll();
        var runs = new Timing([.. Enumerable.Range(0, Comparison.Repetitions).Select(_ => Timing.Of(() => DecideAll()))]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        DecideAll();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var each = runs.Median.TotalNanoseconds / Verdicts;
        report.Add($"{name}, 1M verdicts", string.Create(CultureInfo.InvariantCulture, $"{each:0} ns each, {allocated} bytes allocated in all, {allowed:n0} allowed"), $"(spread {runs.Spread:p0})",
            "<= 200 ns, 0 bytes", each <= 200 && allocated == 0);

        Endpoint Pick() => ends[random.Next(ends.Length)];

        int DecideAll()
        {
            var count = 0;
            foreach (var flow in flows)
                count += compiled.Decide(flow).IsAllowed ? 1 : 0;
            return count;
        }
    }

    private static void MeasureEdits(Settings settings, RowReport report, string name, Snapshot start)
    {
        CheckEdits(report, name, start);
        List<TimeSpan> each = [];
        Timing.Warm(() => Matrix.Facts(Connectivity.Of(Compiled.Compile(start))));
        EditAll(start, []);
        var taken = Comparison.Of(
            () => Timing.Of(() => Matrix.Facts(Connectivity.Of(Compiled.Compile(start)))),
            () =>
            {
                each.Clear();
                EditAll(start, each);
                return each.Order().ElementAt(each.Count / 2);
            },
            settings.Attempts);
        // An edit compiles one namespace anew: of few namespaces that alone is more than a hundredth.
        var isLarge = start.Namespaces.Count > 100;
        var p99 = each.Order().ElementAt(each.Count * 99 / 100);
        report.Add($"{name}, an edit (median of {Edits})", taken, isLarge ? "<= 0.01x" : "", isLarge ? 0.01 : null, settings.IsPreliminary, $", p99 {RowReport.Milliseconds(p99)}");
    }

    // One edit is the next snapshot, its compiled form, and a verdict about one of its pods.
    private static void EditAll(Snapshot snapshot, List<TimeSpan> each)
    {
        var compiled = Compiled.Compile(snapshot);
        for (var number = 0; number < Edits; number++)
            each.Add(Timing.Of(() =>
            {
                compiled = compiled.Update(Churn.Edit(compiled.Snapshot, number));
                var block = compiled.Snapshot.Namespaces[number % compiled.Snapshot.Namespaces.Count];
                if (block.Pods.Count > 0)
                    compiled.Decide(new(compiled.At(block.Pods[0]), compiled.At(block.Pods[^1]), Protocol.Tcp, 80));
            }));
    }

    private static void CheckEdits(RowReport report, string name, Snapshot snapshot)
    {
        var compiled = Compiled.Compile(snapshot);
        for (var number = 0; number < Edits; number++)
            compiled = compiled.Update(Churn.Edit(compiled.Snapshot, number));
        var (updated, fresh) = (Matrix.Facts(Connectivity.Of(compiled)), Matrix.Facts(Connectivity.Of(Compiled.Compile(compiled.Snapshot))));
        if (updated != fresh)
            throw new InvalidOperationException($"{name}: after {Edits} edits the updated engine counts {updated} facts, a fresh one {fresh}");
        report.Note($"{name}: after {Edits} edits the updated engine and a fresh one count the same {fresh:n0} facts");
    }
}
