using System.Diagnostics;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>One change of the cluster to the kernel that enforces it: compiled, lowered, committed.</summary>
public static class B1
{
    private const int Edits = 1_000, Beside = 200;

    public static void Run(RowReport report, ValueList<string> workloads)
    {
        // Once unseen, so that what is measured is compiled as far as it will be.
        Measure(new("", ""), "W-S");
        foreach (var name in workloads.AsEnumerable())
            Measure(report, name);
    }

    private static void Measure(RowReport report, string name)
    {
        var snapshot = Workload.Of(name).Snapshot;
        using KernelNode node = new(snapshot);
        var compiled = node.Compute(snapshot);
        node.Table.Install(node.Lowered.Contents);
        List<TimeSpan> all = [], committed = [];
        List<int> sizes = [];
        for (var i = 0; i < Edits; i++)
        {
            snapshot = Churn.Edit(snapshot, i);
            var watch = Stopwatch.StartNew();
            compiled = compiled.Update(snapshot);
            node.Lowered.Update(compiled);
            var sent = node.Table.Apply(node.Lowered.Contents);
            all.Add(watch.Elapsed);
            if (sent > 0)
            {
                committed.Add(watch.Elapsed);
                sizes.Add(sent);
            }
        }

        node.Check();
        var nft = NftProcess();
        report.Add($"{name}: {Edits} changes, all", $"p50 {Ms(all, 50)}, p99 {Ms(all, 99)}", "", "", null);
        report.Add($"{name}: the {committed.Count} that this node must know, state in -> committed", $"p50 {Ms(committed, 50)}, p99 {Ms(committed, 99)}; {sizes.Order().ElementAt(sizes.Count / 2)} elements at the median",
            $"p50 {Ms(nft, 50)}, p99 {Ms(nft, 99)}: one `nft -f -` that adds one element", "p50 <= 1.0x, p99 <= 3x", At(committed, 50) <= At(nft, 50) && At(committed, 99) <= 3 * At(nft, 99));
    }

    // The same machine, beside: a process a change, as agents without a socket of their own do it.
    private static List<TimeSpan> NftProcess()
    {
        Nft("add table inet beside; add set inet beside s { type ipv4_addr; }");
        List<TimeSpan> runs = [];
        for (var i = 0; i < Beside; i++)
            runs.Add(Timing.Of(() => Nft($"add element inet beside s {{ 10.0.{i / 250}.{i % 250} }}")));
        Nft("delete table inet beside");
        return runs;
    }

    private static void Nft(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("nft", ["-f", "-"]) { RedirectStandardInput = true })!;
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"nft refuses: {script}");
    }

    private static TimeSpan At(List<TimeSpan> runs, int percent) => runs.Order().ElementAt(Math.Min(runs.Count - 1, runs.Count * percent / 100));

    private static string Ms(List<TimeSpan> runs, int percent) => $"{At(runs, percent).TotalMilliseconds:0.000} ms";
}
