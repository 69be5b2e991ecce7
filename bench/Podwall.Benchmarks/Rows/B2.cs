using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Nftables.Kernel;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>Cold start: a state of the cluster that nobody knows, compiled, lowered and loaded; and the restart after it.</summary>
public static class B2
{
    public static void Run(RowReport report, ValueList<string> workloads)
    {
        foreach (var name in workloads.AsEnumerable())
        {
            var snapshot = Workload.Of(name).Snapshot;
            using KernelNode node = new(snapshot);
            node.Compute(snapshot);
            var elements = node.Lowered.Contents.All.Sum(c => c.Count);
            List<TimeSpan> computing = [];
            var cold = Comparison.Of(
                () => Timing.Of(() => node.Table.Install(node.Lowered.Contents)),
                () => Timing.Of(() =>
                {
                    computing.Add(Timing.Of(() => node.Compute(snapshot)));
                    node.Table.Install(node.Lowered.Contents);
                }),
                attempts: 3);
            node.Check();
            report.Add($"{name}: cold start, {snapshot.Pods.Count()} pods, {snapshot.Policies.Count()} policies, {elements} elements", $"{cold.Subject.Median.TotalMilliseconds:0} ms",
                $"{cold.Baseline.Median.TotalMilliseconds:0} ms, the load alone", "compute + lower <= 0.5x the load", cold.Ratio <= 1.5);
            if (name == "W-XL")
            {
                var compute = new Timing(computing).Median;
                report.Add($"{name}: of it compiling and lowering", RowReport.Milliseconds(compute), "", "<= 3 s", compute <= TimeSpan.FromSeconds(3));
            }

            var isTaken = false;
            var restart = Timing.Of(() =>
            {
                node.Compute(snapshot);
                using KernelTable anew = new();
                isTaken = anew.IsWhole() && anew.TakeOver(node.Lowered.Contents);
            });
            report.Add($"{name}: restart onto what is there, in force", $"{restart.TotalMilliseconds:0} ms{(isTaken ? "" : ", loaded anew")}", $"{cold.Subject.Median.TotalMilliseconds:0} ms, the cold start", "<= 0.6x, nothing loaded anew",
                isTaken && restart <= 0.6 * cold.Subject.Median);
            var rewrites = 0;
            var comparison = Timing.Of(() => rewrites = node.Table.Repair(node.Lowered.Contents).Sum(d => d.Count));
            report.Add($"{name}: and compared with the kernel, element by element", $"{comparison.TotalMilliseconds:0} ms, {rewrites} rewrites", "", "0 rewrites", rewrites == 0);
        }
    }
}
