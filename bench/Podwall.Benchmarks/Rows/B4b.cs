using System.Diagnostics;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>What packets between two pods notice of a busy cluster.</summary>
public static class B4b
{
    private const double Rate = 115;

    private const int Repetitions = 5;

    public static void Run(RowReport report)
    {
        _ = new PodPair();
        var cluster = Workload.Of("W").Snapshot;
        NetworkPolicy letsIn = new(new(PodPair.Namespace, "from-p0"), Selector.Of(("app", "p1")), [new([new Peer.PodsHere(Selector.Of(("app", "p0")))], [])], Egress: null);
        NetworkPolicy letsBack = new(new(PodPair.Namespace, "from-p1"), Selector.Of(("app", "p0")), [new([new Peer.PodsHere(Selector.Of(("app", "p1")))], [])], Egress: null);
        Pod[] pair = [PodPair.Of(0, cluster.Nodes[0].Name), PodPair.Of(1, cluster.Nodes[0].Name)];
        var snapshot = new Snapshot([.. cluster.Namespaces, new(PodPair.Namespace, Labels.None, pair, [letsIn, letsBack])], cluster.Nodes);
        using KernelNode node = new(snapshot);
        node.Compute(snapshot);
        node.Table.Install(node.Lowered.Contents);
        PodPair.AskEach();
        List<TimeSpan> quiet = [], busy = [];
        var (lost, edits) = (0, 0);
        for (var turn = 0; turn < Repetitions; turn++)
        {
            quiet.Add(Percentile(PodPair.AskEach()));
            using CancellationTokenSource stop = new();
            var churning = Task.Factory.StartNew(() => Churning(stop.Token), TaskCreationOptions.LongRunning);
            busy.Add(Percentile(PodPair.AskEach()));
            stop.Cancel();
            churning.Wait();
        }

        node.Check();
        Timing before = new(quiet), during = new(busy);
        report.Add($"a datagram there and back, p99, at {Rate:0} edits/s on W ({edits} edits)", $"{RowReport.Milliseconds(during.Median)} = {RowReport.Ratio(during.Median / before.Median)}", $"{RowReport.Milliseconds(before.Median)} on a quiet table (spread {before.Spread:p0})", "<= 1.5x",
            before.Spread <= Comparison.LargestSpread ? during.Median <= 1.5 * before.Median : null);
        report.Add("datagrams lost meanwhile", $"{lost}", "", "0", lost == 0);

        TimeSpan Percentile(IReadOnlyList<TimeSpan?> rounds)
        {
            lost += rounds.Count(r => r is null);
            return rounds.OfType<TimeSpan>().Order().ElementAt(rounds.Count * 98 / 100);
        }

        void Churning(CancellationToken stop)
        {
            var clock = Stopwatch.StartNew();
            for (var made = 0; !stop.IsCancellationRequested;)
            {
                if (made >= clock.Elapsed.TotalSeconds * Rate)
                {
                    stop.WaitHandle.WaitOne(1);
                    continue;
                }

                made++;
                var next = Churn.Edit(snapshot, edits++);
                // The pair itself stays as it is.
                snapshot = next.With(snapshot.Namespaces.First(n => n.Name == PodPair.Namespace));
                node.Lowered.Update(node.View.Update(snapshot));
                node.Table.Apply(node.Lowered.Contents);
            }
        }
    }
}
