using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>W-RH: few pods, but rules with many ports, ranges, selectors and blocks, in both directions.</summary>
public sealed class RichRules(Random random)
{
    private const int Many = 5;
    private const int Apps = 5;
    private readonly ValueList<PortMatch> ranges = [.. Enumerable.Range(0, 12).Select(i => new PortMatch.Numbered(Protocol.Tcp, new((ushort)(10_000 + 400 * i), (ushort)(10_599 + 400 * i))))];
    private readonly ValueList<PortMatch> ports = [.. Enumerable.Range(0, 12).Select(i => new PortMatch.Numbered(Protocol.Tcp, new((ushort)(8_000 + i), (ushort)(8_000 + i))))];

    public Snapshot Build(int namespaces, int podsEach, int policiesEach)
    {
        var placement = new Placement(Placement.NodesFor(namespaces * podsEach, podsPerNode: 100));
        return new(
            [
                .. Enumerable.Range(0, namespaces).Select(n => $"ns-{n:d5}").Select(name => new NamespaceBlock(
                    name,
                    Labels.Of(("team", $"team-{random.Next(50)}")),
                    Pods(name, podsEach, placement),
                    Enumerable.Range(0, policiesEach).Select(p => Policy(name, p)))),
            ],
            placement.Nodes());
    }

    private Pod[] Pods(string ns, int count, Placement placement)
    {
        var templates = Enumerable.Range(0, Apps).Select(a => new PodTemplate(random, ns, $"app-{a}", isStateful: false, ("app", $"app-{a}"), ("role", $"role-{a % 2}"))).ToArray();
        return [.. Enumerable.Range(0, count).Select(p => templates[p % Apps].Stamp(p / Apps, placement.Next()))];
    }

    private NetworkPolicy Policy(string ns, int number) => new(
        new(ns, $"policy-{number:d2}"), Selector.Of(("app", $"app-{number % Apps}")), Ingress: [Rule()], Egress: [Rule()]);

    private Rule Rule() => new(
        [
            .. Times(Many, () => new Peer.PodsIn(Selector.Of(("team", $"team-{random.Next(50)}")), Selector.Everything)),
            .. Times(Many, () => new Peer.PodsHere(Selector.Of(("app", $"app-{random.Next(Apps)}"), ("role", $"role-{random.Next(2)}")))),
            .. Times(Many, () => new Peer.Network(Cidr.Parse($"100.{64 + random.Next(64)}.{random.Next(256)}.{random.Next(8) * 32}/27"), [])),
        ],
        [.. Times(Many, () => ports[random.Next(ports.Count)]), .. Times(Many, () => ranges[random.Next(ranges.Count)])]);

    private static IEnumerable<T> Times<T>(int count, Func<T> make) => Enumerable.Range(0, count).Select(_ => make());
}
