using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>Clusters that stretch one thing only: policies per pod, label keys, label sets, or address blocks.</summary>
public static class SpecialClusters
{
    /// <summary>W-1: every policy governs every pod.</summary>
    public static Snapshot OneNamespace(Random random, int pods, int policies)
    {
        const int Apps = 100;
        var placement = new Placement(Placement.NodesFor(pods, podsPerNode: 100));
        var templates = Enumerable.Range(0, Apps).Select(a => new PodTemplate(random, "one", $"app-{a}", isStateful: false, ("app", $"app-{a}"))).ToArray();
        var rules = Enumerable.Range(0, policies).Select(_ => new Rule(
            [new Peer.PodsHere(Selector.Of(("app", $"app-{random.Next(Apps)}")))], [Tcp(TeamCluster.Ports[random.Next(TeamCluster.Ports.Count)])]));
        return new(
            [
                new(
                    "one", Labels.None,
                    Enumerable.Range(0, pods).Select(p => templates[p % Apps].Stamp(p / Apps, placement.Next())),
                    rules.Select((r, i) => new NetworkPolicy(new("one", $"policy-{i:d5}"), Selector.Everything, [r], Egress: null))),
            ],
            placement.Nodes());
    }

    /// <summary>W-CAL: rules that ask only whether a label is there.</summary>
    public static Snapshot ExistsRules(Random random, int namespaces, int podsEach, int policiesEach)
    {
        const int Features = 100;
        var placement = new Placement(Placement.NodesFor(namespaces * podsEach, podsPerNode: 200));
        return new([.. Enumerable.Range(0, namespaces).Select(n => Block($"ns-{n:d5}"))], placement.Nodes());

        NamespaceBlock Block(string name)
        {
            var templates = Enumerable.Range(0, podsEach / 20)
                .Select(t => new PodTemplate(random, name, $"app-{t}", isStateful: false, [("app", $"app-{t}"), .. Enumerable.Range(0, 3).Select(_ => (Feature(), "on"))])).ToArray();
            return new(
                name, Labels.None,
                Enumerable.Range(0, podsEach).Select(p => templates[p % templates.Length].Stamp(p / templates.Length, placement.Next())),
                Enumerable.Range(0, policiesEach).Select(p => new NetworkPolicy(
                    new(name, $"policy-{p:d2}"), Has(Feature()), [.. Enumerable.Range(0, 5).Select(_ => new Rule([new Peer.PodsIn(Selector.Everything, Has(Feature()))], []))], Egress: null)));
        }

        string Feature() => $"feature-{random.Next(Features)}";
        static Selector Has(string key) => Selector.Of([new Requirement.Present(key)]);
    }

    /// <summary>W-MESH: no two pods share their labels.</summary>
    public static Snapshot Mesh(int pods)
    {
        var placement = new Placement(Placement.NodesFor(pods, podsPerNode: 100));
        var everybody = new NetworkPolicy(new("mesh", "all-to-all"), Selector.Everything, [new([new Peer.PodsHere(Selector.Everything)], [])], [new([new Peer.PodsHere(Selector.Everything)], [])]);
        return new(
            [
                new(
                    "mesh", Labels.None,
                    Enumerable.Range(0, pods).Select(p => new PodTemplate(new Random(p), "mesh", $"app-{p}", isStateful: false, ("app", $"app-{p}")).Stamp(0, placement.Next())),
                    [everybody]),
            ],
            placement.Nodes());
    }

    /// <summary>W-CIDR: one policy with a block for every office of the world, some with a hole.</summary>
    public static Snapshot Blocks(Random random, int blocks, int exceptions)
    {
        const int Pods = 100;
        var placement = new Placement(Placement.NodesFor(Pods, podsPerNode: 100));
        var template = new PodTemplate(random, "cidr", "app-0", isStateful: false, ("app", "app-0"));
        var peers = Enumerable.Range(0, blocks).Select(b =>
        {
            var (network, prefix) = ($"{20 + (b >> 16)}.{(b >> 8) & 255}.{b & 255}", random.Next(24, 31));
            return (Peer)new Peer.Network(
                Cidr.Parse($"{network}.0/{prefix}"), b % (blocks / exceptions) == 0 ? [Cidr.Parse($"{network}.{1 << (32 - prefix - 1)}/{prefix + 1}")] : []);
        });
        return new(
            [
                new(
                    "cidr", Labels.None,
                    Enumerable.Range(0, Pods).Select(p => template.Stamp(p, placement.Next())),
                    [new(new("cidr", "offices"), Selector.Everything, [new([.. peers], [Tcp(443)])], Egress: null)]),
            ],
            placement.Nodes());
    }

    private static PortMatch.Numbered Tcp(ushort port) => new(Protocol.Tcp, new(port, port));
}
