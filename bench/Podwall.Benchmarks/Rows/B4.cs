using Podwall.Benchmarks.Measuring;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>What enforcement costs packets between two pods of a node.</summary>
public static class B4
{
    private const int Repetitions = 7, Attempts = 3;

    private const string Floor = "conntrack only", Open = "nobody isolated", One = "1 policy, 1,000 peers", Hundred = "100 policies, 1,000 peers", Many = "100 policies, 100,000 peers";

    private static readonly string LinearRules = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"add rule inet beside f ip saddr 172.{16 + i / 2560}.{i / 10 % 256}.{i % 10} drop\n"));

    private static readonly (string What, Func<TimeSpan> Measure)[] Measures =
        [("a connection", PodPair.Connect), ("a datagram there and back", PodPair.Ask), ("a datagram that nobody lets in", PodPair.Tell), ("a megabyte of a long connection", PodPair.Megabyte)];

    public static void Run(RowReport report)
    {
        _ = new PodPair();
        var cases = new (string Name, bool IsOurs, Action Load)[]
        {
            ("no table", false, () => { }),
            (Floor, false, () => Beside("")),
            ("10,000 linear rules", false, () => Beside(LinearRules)),
            (Open, true, () => Podwall(0, 1_000)),
            (One, true, () => Podwall(1, 1_000)),
            ("10 policies, 1,000 peers", true, () => Podwall(10, 1_000)),
            (Hundred, true, () => Podwall(100, 1_000)),
            ("100 policies, 1,000 peers, the first lets in", true, () => Podwall(100, 1_000, letsIn: 0)),
            (Many, true, () => Podwall(100, 100_000)),
        };
        for (var (left, measured) = (Measures.Select((_, i) => i).ToList(), 0); left.Count > 0 && measured < Attempts;)
        {
            measured++;
            var runs = Taken(cases);
            foreach (var index in left.Where(i => measured == Attempts || runs[Floor][i].MiddleSpread <= Comparison.LargestSpread).ToList())
            {
                left.Remove(index);
                Report(report, cases, Measures[index].What, runs.ToDictionary(r => r.Key, r => r.Value[index]), measured);
            }
        }

        report.Note($"Medians of {Repetitions} turns; a measure whose baseline spreads by more than {Comparison.LargestSpread:p0}, the best and the worst turn left out, is taken again, up to {Attempts} times. Connections come one after the other, each with accept and reset.");
        report.Note("A datagram that nobody lets in is denied by the policies, and thrown away by its receiver where there are none; it has no target of its own.");
    }

    // In turns, so that each sees the same machine; the first round warms.
    private static Dictionary<string, Timing[]> Taken((string Name, bool IsOurs, Action Load)[] cases)
    {
        var runs = cases.ToDictionary(c => c.Name, _ => Measures.Select(_ => new List<TimeSpan>()).ToArray());
        for (var turn = 0; turn <= Repetitions; turn++)
            foreach (var (name, _, load) in cases)
            {
                load();
                foreach (var (index, (_, measure)) in Measures.Index())
                {
                    var taken = measure();
                    if (turn > 0)
                        runs[name][index].Add(taken);
                }

                PodPair.Nft("flush ruleset");
            }

        return runs.ToDictionary(r => r.Key, r => r.Value.Select(l => new Timing(l)).ToArray());
    }

    private static void Report(RowReport report, (string Name, bool IsOurs, Action Load)[] cases, string what, Dictionary<string, Timing> taken, int attempt)
    {
        var floor = taken[Floor];
        double? most = what == "a connection" ? 1.10 : what.StartsWith("a megabyte", StringComparison.Ordinal) ? 1 / 0.98 : null;
        var beside = $"{RowReport.Milliseconds(floor.Median)} (spread {floor.MiddleSpread:p0}, attempt {attempt})";
        if (floor.MiddleSpread > Comparison.LargestSpread)
        {
            report.Add(what, "not reported", beside, "", met: null);
            return;
        }

        foreach (var (name, isOurs, _) in cases)
        {
            var ratio = taken[name].Median / floor.Median;
            report.Add($"{what}: {name}", $"{RowReport.Milliseconds(taken[name].Median)} = {RowReport.Ratio(ratio)}", beside, isOurs && most is { } m ? $"<= {RowReport.Ratio(m)}" : "", isOurs && most is { } limit ? ratio <= limit : null);
        }

        if (what != "a connection")
            return;
        Flat("from 1 policy to 100", One, Hundred);
        Flat("from 1,000 peers to 100,000", Hundred, Many);

        void Flat(string change, string from, string to)
        {
            var ratio = taken[to].Median / taken[from].Median;
            report.Add($"{what}: {change}", RowReport.Ratio(ratio), RowReport.Milliseconds(taken[from].Median), "<= 1.05x", ratio <= 1.05);
        }
    }

    private static void Beside(string rules) =>
        PodPair.Nft($"add table inet beside; add chain inet beside f {{ type filter hook postrouting priority 95; }}\nadd rule inet beside f ct state established,related accept\n{rules}");

    // One policy lets the other pod in, the last by default; the rest name peers that are elsewhere.
    private static void Podwall(int policies, int peers, int? letsIn = null)
    {
        const string Node = "node1";
        var far = Enumerable.Range(0, peers).Select(i => new Pod(new("far", $"f{i}"), Labels.Of(("app", $"a{i % 100}")))
        {
            Node = "node2",
            Addresses = [Address.Parse($"10.{100 + (i >> 16)}.{i >> 8 & 255}.{i & 255}")],
        });
        var rules = Enumerable.Range(0, policies).Select(i => new NetworkPolicy(new(PodPair.Namespace, $"policy{i:000}"), Selector.Of(("app", "p1")),
            [new([i == (letsIn ?? policies - 1) ? new Peer.PodsHere(Selector.Of(("app", "p0"))) : new Peer.PodsIn(Selector.Everything, Selector.Of(("app", $"a{i}")))], [new PortMatch.Numbered(Protocol.Tcp, new(7000, 7003)), new PortMatch.Numbered(Protocol.Udp, new(7000, 7003))])], Egress: null));
        using KernelNode node = new(new Snapshot([new(PodPair.Namespace, Labels.None, [PodPair.Of(0, Node), PodPair.Of(1, Node)], rules), new("far", Labels.None, far, [])], [new(Node, Labels.None, [], [])]));
        node.Compute(node.Snapshot);
        node.Table.Install(node.Lowered.Contents);
        node.Check();
    }
}
