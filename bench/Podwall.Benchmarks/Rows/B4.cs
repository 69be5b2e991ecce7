using Podwall.Benchmarks.Measuring;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>What enforcement costs packets between two pods of a node.</summary>
public static class B4
{
    private const int Repetitions = 7;

    private static readonly string LinearRules = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"add rule inet beside f ip saddr 172.{16 + i / 2560}.{i / 10 % 256}.{i % 10} drop\n"));

    public static void Run(RowReport report)
    {
        _ = new PodPair();
        var cases = new (string Name, Action Load)[]
        {
            ("no table", () => { }),
            ("conntrack only", () => Beside("")),
            ("10,000 linear rules", () => Beside(LinearRules)),
            ("nobody isolated", () => Podwall(0, 1_000)),
            ("1 policy, 1,000 peers", () => Podwall(1, 1_000)),
            ("10 policies, 1,000 peers", () => Podwall(10, 1_000)),
            ("100 policies, 1,000 peers", () => Podwall(100, 1_000)),
            ("100 policies, 100,000 peers", () => Podwall(100, 100_000)),
        };
        var runs = cases.ToDictionary(c => c.Name, _ => new List<(TimeSpan Connect, TimeSpan Ask, TimeSpan Megabyte)>());
        // In turns, so that each sees the same machine; the first round warms.
        for (var turn = 0; turn <= Repetitions; turn++)
            foreach (var (name, load) in cases)
            {
                load();
                var run = (PodPair.Connect(), PodPair.Ask(), PodPair.Megabyte());
                PodPair.Nft("flush ruleset");
                if (turn > 0)
                    runs[name].Add(run);
            }

        var floor = Medians(runs["conntrack only"]);
        foreach (var (name, _) in cases)
        {
            var measured = Medians(runs[name]);
            var isOurs = name.Contains("isolated", StringComparison.Ordinal) || name.Contains("peers", StringComparison.Ordinal);
            report.Add($"{name}: a connection", $"{RowReport.Milliseconds(measured.Connect)} = {RowReport.Ratio(measured.Connect / floor.Connect)}", RowReport.Milliseconds(floor.Connect), isOurs ? "<= 1.10x" : "", isOurs ? measured.Connect <= 1.10 * floor.Connect : null);
            report.Add($"{name}: a datagram there and back", $"{RowReport.Milliseconds(measured.Ask)} = {RowReport.Ratio(measured.Ask / floor.Ask)}", RowReport.Milliseconds(floor.Ask), "", null);
            report.Add($"{name}: throughput", $"{1 / measured.Megabyte.TotalSeconds:n0} MB/s = {RowReport.Ratio(floor.Megabyte / measured.Megabyte)}", $"{1 / floor.Megabyte.TotalSeconds:n0} MB/s", isOurs ? ">= 0.98x" : "", isOurs ? floor.Megabyte >= 0.98 * measured.Megabyte : null);
        }

        report.Note($"Medians of {Repetitions} turns; beside is \"conntrack only\". Connections come one after the other, each with accept and reset.");
        report.Note($"Baseline spread: connection {Spread(runs["conntrack only"].Select(r => r.Connect)):p0}, datagram {Spread(runs["conntrack only"].Select(r => r.Ask)):p0}, throughput {Spread(runs["conntrack only"].Select(r => r.Megabyte)):p0}.");
    }

    private static (TimeSpan Connect, TimeSpan Ask, TimeSpan Megabyte) Medians(List<(TimeSpan Connect, TimeSpan Ask, TimeSpan Megabyte)> runs) =>
        (new Timing([.. runs.Select(r => r.Connect)]).Median, new Timing([.. runs.Select(r => r.Ask)]).Median, new Timing([.. runs.Select(r => r.Megabyte)]).Median);

    private static double Spread(IEnumerable<TimeSpan> runs) => new Timing([.. runs]).Spread;

    private static void Beside(string rules) =>
        PodPair.Nft($"add table inet beside; add chain inet beside f {{ type filter hook postrouting priority 95; }}\nadd rule inet beside f ct state established,related accept\n{rules}");

    // The last policy is the one that lets the other pod in; the rest name peers that are elsewhere.
    private static void Podwall(int policies, int peers)
    {
        const string Node = "node1";
        var far = Enumerable.Range(0, peers).Select(i => new Pod(new("far", $"f{i}"), Labels.Of(("app", $"a{i % 100}")))
        {
            Node = "node2",
            Addresses = [Address.Parse($"10.{100 + (i >> 16)}.{i >> 8 & 255}.{i & 255}")],
        });
        var rules = Enumerable.Range(0, policies).Select(i => new NetworkPolicy(new("pair", $"policy{i:000}"), Selector.Of(("app", "p1")),
            [new([i == policies - 1 ? new Peer.PodsHere(Selector.Of(("app", "p0"))) : new Peer.PodsIn(Selector.Everything, Selector.Of(("app", $"a{i}")))], [new PortMatch.Numbered(Protocol.Tcp, new(7000, 7003)), new PortMatch.Numbered(Protocol.Udp, new(7000, 7003))])], Egress: null));
        using KernelNode node = new(new Snapshot([new("pair", Labels.None, [PodPair.Of(0, Node), PodPair.Of(1, Node)], rules), new("far", Labels.None, far, [])], [new(Node, Labels.None, [], [])]));
        node.Compute(node.Snapshot);
        node.Table.Install(node.Lowered.Contents);
        node.Check();
    }
}
