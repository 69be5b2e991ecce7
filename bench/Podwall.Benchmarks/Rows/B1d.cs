using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Nftables.Kernel;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>From a change that denies a connection, in the agent's hands, to the last packet of it that a pod gets, with W loaded.</summary>
public static class B1d
{
    private const int Turns = 7, Many = 30_000, FirstOfMany = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1), Tick = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(RowReport report)
    {
        _ = new PodPair();
        var workload = Workload.Of("W").Snapshot;
        var node = workload.Nodes[0];
        Snapshot open = PodPair.In(workload, 1, ushort.MaxValue), one = PodPair.In(workload, FirstOfMany, ushort.MaxValue), none = PodPair.In(workload, 1, 1);
        await using var agent = await AgentInProcess.StartAsync(node, open);
        using Conntrack conntrack = new();
        Measure("one of few connections", 0, one, agent.Tell);
        Measure($"one of {Many:n0} connections", Many, one, agent.Tell);
        Measure($"all of {Many:n0} connections", Many, none, agent.Tell);
        using CancellationTokenSource quiet = new();
        var current = open;
        var changing = ChangeAsync();
        Measure("one of few connections, while the cluster changes 200 times a second", 0, one, state => current = state);
        await quiet.CancelAsync();
        await changing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        void Measure(string what, int crowd, Snapshot denied, Action<Snapshot> tell)
        {
            List<TimeSpan> cuts = [], reads = [];
            for (var turn = 0; turn < Turns; turn++)
            {
                conntrack.Flush();
                tell(open);
                cuts.Add(PodPair.Push(
                    () =>
                    {
                        PodPair.Crowd(FirstOfMany, crowd);
                        if (conntrack.Count() < crowd)
                            throw new InvalidOperationException($"Of {crowd} flows the kernel tracks {conntrack.Count()}.");
                        reads.Add(Timing.Of(() => conntrack.Read()));
                    },
                    () => tell(denied)));
            }

            report.Add(what, $"cut after {RowReport.Milliseconds(new Timing(cuts).Median)}, {RowReport.Milliseconds(cuts.Max())} at most", $"{RowReport.Milliseconds(new Timing(reads).Median)}, reading the connections", "<= 1 s", cuts.Max() <= Longest);
        }

        // Labels of a pod flip, again and again, but not of the pair.
        async Task ChangeAsync()
        {
            using PeriodicTimer timer = new(Tick);
            for (var round = 0; await timer.WaitForNextTickAsync(quiet.Token); round++)
                agent.Tell(Churn.FlipLabel(current, new(round)).With(current.Namespaces.First(n => n.Name == PodPair.Namespace)));
        }
    }
}
