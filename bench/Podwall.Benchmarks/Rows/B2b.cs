using System.Globalization;
using System.Text;
using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>How large the ruleset is, beside one that has a set for each peer of a rule and a chain for each policy.</summary>
public static class B2b
{
    public static void Run(RowReport report, Settings settings)
    {
        var snapshot = Workload.Of("W").Snapshot;
        using KernelNode node = new(snapshot);
        node.Compute(snapshot);
        var script = Chains(snapshot, node.Node.Name, out var objects);
        var taken = Comparison.Of(
            () =>
            {
                var spent = Timing.Of(() => NftMirror.Run(script));
                NftMirror.Run("delete table inet chains");
                return spent;
            },
            () => Timing.Of(() => node.Table.Install(node.Lowered.Contents)),
            settings.Attempts);
        node.Check();
        var program = PolicyProgram.Instance;
        var ours = program.Chains.Count + program.Chains.Sum(c => c.Rules.Count) + program.Counters.Count + Maps.Instance.All.Count;
        report.Add("W: chains, rules, sets and counters", $"{ours:n0}, whatever the policies", $"{objects:n0}: a set for each peer, a chain for each policy and pod", "<= 500", ours <= 500);
        report.Add("W: loading it", taken, "<= 0.3x", 0.3, settings.IsPreliminary);
    }

    // What agents write that know nothing better: ingress only, which is less than ours does.
    private static string Chains(Snapshot snapshot, string node, out int objects)
    {
        StringBuilder script = new("add table inet chains\n");
        StringBuilder verdicts = new();
        var count = 0;
        var pods = snapshot.Pods.ToArray();
        foreach (var block in snapshot.Namespaces.AsEnumerable())
        {
            var local = block.Pods.Where(p => p.Node == node).ToArray();
            foreach (var policy in block.Policies.Where(p => p.Ingress is not null && local.Any(l => p.Subject.Selects(l.Labels))))
            {
                var chain = $"p{count++}";
                script.Append(CultureInfo.InvariantCulture, $"add chain inet chains {chain}\n");
                foreach (var rule in policy.Ingress!.Value.AsEnumerable())
                    foreach (var peer in rule.Peers.AsEnumerable())
                    {
                        var set = $"s{count++}";
                        var elements = peer is Peer.Network network ? [$"{network.Block}"] : pods.Where(p => Selects(peer, policy, p, snapshot)).Select(p => $"{p.AddressOf(IpFamily.V4)}").ToArray();
                        script.Append(CultureInfo.InvariantCulture, $"add set inet chains {set} {{ type ipv4_addr; flags interval; }}\n");
                        if (elements.Length > 0)
                            script.Append(CultureInfo.InvariantCulture, $"add element inet chains {set} {{ {string.Join(", ", elements)} }}\n");
                        foreach (var port in rule.Ports.OfType<PortMatch.Numbered>())
                        {
                            count++;
                            script.Append(CultureInfo.InvariantCulture, $"add rule inet chains {chain} ip saddr @{set} tcp dport {port.Ports.First}-{port.Ports.Last} accept\n");
                        }
                    }

                foreach (var pod in local.Where(l => policy.Subject.Selects(l.Labels)))
                    verdicts.Append(CultureInfo.InvariantCulture, $"{pod.AddressOf(IpFamily.V4)} {chain}\n");
            }
        }

        foreach (var pod in verdicts.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).GroupBy(l => l[0]))
        {
            var chain = $"pod{count++}";
            script.Append(CultureInfo.InvariantCulture, $"add chain inet chains {chain}\n");
            foreach (var line in pod)
            {
                count++;
                script.Append(CultureInfo.InvariantCulture, $"add rule inet chains {chain} jump {line[1]}\n");
            }
        }

        objects = count;
        return script.ToString();
    }

    private static bool Selects(Peer peer, NetworkPolicy policy, Pod pod, Snapshot snapshot) => peer switch
    {
        Peer.PodsHere(var selector) => pod.Namespace == policy.Id.Namespace && selector.Selects(pod.Labels),
        Peer.PodsIn(var namespaces, var selector) => selector.Selects(pod.Labels) && namespaces.Selects(snapshot.Namespaces.First(n => n.Name == pod.Namespace).Labels),
        _ => false,
    };
}
