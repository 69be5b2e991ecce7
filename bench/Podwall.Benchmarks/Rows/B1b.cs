using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>Changes that are large, or small in something large, beside nft with the same delta.</summary>
public static class B1b
{
    public static void Run(RowReport report, Settings settings)
    {
        Measure(report, settings, "W-CIDR: one block of 100,000 is another", "W-CIDR", MoveBlock, largest: 0.1);
        Measure(report, settings, "W: namespaces that hold 500 pods join other teams", "W", (snapshot, turn) => Churn.Relabel(snapshot, new(turn)), largest: 1.2);
    }

    private static void Measure(RowReport report, Settings settings, string what, string workload, Func<Snapshot, int, Snapshot> edit, double largest)
    {
        var snapshot = Workload.Of(workload).Snapshot;
        using KernelNode node = new(snapshot);
        node.Compute(snapshot);
        node.Table.Install(node.Lowered.Contents);
        NftMirror.Load(node.Lowered.Contents);
        var (turn, sizes) = (0, new List<int>());
        IReadOnlyList<MapDelta> deltas = [];
        // The change is made first, and then nft is asked to make the same.
        Edit();
        var taken = Comparison.Of(
            () =>
            {
                var script = NftMirror.Script(deltas);
                return Timing.Of(() => NftMirror.Run(script));
            },
            Edit,
            settings.Attempts);
        node.Check();
        NftMirror.Remove();
        report.Add(what, taken, $"<= {largest}x", largest, settings.IsPreliminary, $", {sizes.Order().ElementAt(sizes.Count / 2)} elements");

        TimeSpan Edit()
        {
            snapshot = edit(snapshot, turn++);
            var spent = Timing.Of(() =>
            {
                node.Lowered.Update(node.View.Update(snapshot));
                deltas = node.Lowered.Contents.Pending();
                node.Table.Apply(node.Lowered.Contents);
            });
            sizes.Add(deltas.Sum(d => d.Count));
            return spent;
        }
    }

    private static Snapshot MoveBlock(Snapshot snapshot, int turn)
    {
        var block = snapshot.Namespaces[0];
        var policy = block.Policies[0];
        var rule = policy.Ingress!.Value[0];
        // Outside of where the workload's blocks lie.
        Peer moved = new Peer.Network(Cidr.Parse($"203.0.{turn % 256}.0/24"), []);
        Peer[] peers = [.. rule.Peers.Select((p, i) => i == turn * 7 ? moved : p)];
        return snapshot.With(block.With(policies: [policy with { Ingress = [rule with { Peers = [.. peers] }] }]));
    }
}
