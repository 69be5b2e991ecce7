using System.Threading.Channels;
using Podwall.Agent;
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
        Snapshot open = With(1, ushort.MaxValue), one = With(FirstOfMany, ushort.MaxValue), none = With(1, 1);
        AgentOptions options = new(node.Name) { PodInterfaces = ["pod*"], Resync = TimeSpan.FromHours(1) };
        using StringWriter said = new();
        AgentLog log = new(said, TimeProvider.System);
        using Enforcer enforcer = new(options, new(), log);
        var states = Channel.CreateBounded<AgentState>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using CancellationTokenSource stop = new();
        var running = Task.Run(() => new AgentLoop(enforcer, options, log).RunAsync(states.Reader.ReadAllAsync(stop.Token), stop.Token));
        using Conntrack conntrack = new();
        await states.Writer.WriteAsync(new(open, ""));
        while (!enforcer.IsInForce)
            await Task.Yield();

        Measure("one of few connections", 0, one);
        Measure($"one of {Many:n0} connections", Many, one);
        Measure($"all of {Many:n0} connections", Many, none);
        using (CancellationTokenSource quiet = new())
        {
            var current = open;
            var changing = ChangeAsync(() => current, quiet.Token);
            Measure("one of few connections, while the cluster changes 200 times a second", 0, one, state => current = state);
            await quiet.CancelAsync();
            await changing.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);

        void Measure(string what, int crowd, Snapshot denied, Action<Snapshot>? tell = null)
        {
            tell ??= state => states.Writer.TryWrite(new(state, ""));
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

            Timing cut = new(cuts);
            report.Add(what, $"cut after {RowReport.Milliseconds(cut.Median)}, {RowReport.Milliseconds(cuts.Max())} at most", $"{RowReport.Milliseconds(new Timing(reads).Median)}, reading the connections", "<= 1 s", cuts.Max() <= Longest);
        }

        // Labels of a pod flip, again and again, but not of the pair.
        async Task ChangeAsync(Func<Snapshot> current, CancellationToken cancellation)
        {
            using PeriodicTimer timer = new(Tick);
            for (var round = 0; await timer.WaitForNextTickAsync(cancellation); round++)
                states.Writer.TryWrite(new(Churn.FlipLabel(current(), new(round)).With(current().Namespaces[^1]), ""));
        }

        Snapshot With(ushort first, ushort last)
        {
            NetworkPolicy letsIn = new(new("pair", "from-p0"), Selector.Of(("app", "p1")), [new([new Peer.PodsHere(Selector.Of(("app", "p0")))], [new PortMatch.Numbered(Protocol.Udp, new(first, last))])], Egress: null);
            return new([.. workload.Namespaces, new("pair", Labels.None, [PodPair.Of(0, node.Name), PodPair.Of(1, node.Name)], [letsIn])], workload.Nodes);
        }
    }
}
