using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>
/// The family of W: teams of namespaces, five apps in each, ingress policies app by app, and in a fifth of the namespaces
/// no egress but DNS. The blocks lie outside the cluster's own networks.
/// </summary>
public sealed record TeamCluster(Random Random, int Namespaces, int Pods, int AppPolicies)
{
    public const int Apps = 5;
    public const int Teams = 50;
    public static ValueList<ushort> Ports { get; } = [80, 443, 8080, 9090];

    private const string DnsNamespace = "kube-system";

    /// <summary>Namespaces with no egress but DNS; each has two policies more.</summary>
    public int LockedNamespaces { get; init; } = MostLocked(Namespaces);

    public int Nodes { get; init; } = Placement.NodesFor(Pods, podsPerNode: 100);

    public static int MostLocked(int namespaces) => (namespaces + 1) / 5;

    public Snapshot Build()
    {
        var placement = new Placement(Nodes);
        return new([.. Enumerable.Range(0, Namespaces).Select(n => Namespace(n, placement))], placement.Nodes());
    }

    private NamespaceBlock Namespace(int number, Placement placement)
    {
        var name = number == 0 ? DnsNamespace : $"ns-{number:d5}";
        var templates = Enumerable.Range(0, Apps).Select(a => Template(name, a)).ToArray();
        var pods = Enumerable.Range(0, Share(Pods, number)).Select(p => templates[p % Apps].Stamp(p / Apps, placement.Next())).ToArray();
        var policies = Enumerable.Range(0, Share(AppPolicies, number)).Select(p => AppPolicy(name, p)).ToList();
        if (number % 5 == 3 && number / 5 < LockedNamespaces)
            policies.AddRange([DenyEgress(name), AllowDns(name)]);
        return new(name, Labels.Of(("team", $"team-{number % Teams}"), ("env", number % 3 == 0 ? "prod" : "dev")), pods, policies);
    }

    private int Share(int whole, int number) => (int)((long)whole * (number + 1) / Namespaces - (long)whole * number / Namespaces);

    // The last app keeps its state on disk; the first app of the system namespace answers for DNS.
    private PodTemplate Template(string ns, int app) => ns == DnsNamespace && app == 0
        ? new(Random, ns, AppName(app), isStateful: false, ("app", AppName(app)), ("k8s-app", "kube-dns"))
        : new(Random, ns, AppName(app), isStateful: app == Apps - 1, ("app", AppName(app)));

    private NetworkPolicy AppPolicy(string ns, int number) => new(
        new(ns, $"allow-{AppName(number)}"), App(number % Apps),
        Ingress:
        [
            new([new Peer.PodsHere(AnyApp())], [AnyPort()]),
            new([new Peer.PodsHere(AnyApp())], [AnyPort()]),
            new([new Peer.PodsHere(AnyApp())], [new PortMatch.Named(Protocol.Tcp, "metrics")]),
            new([new Peer.PodsIn(Selector.Of(("team", $"team-{Random.Next(Teams)}")), AnyApp())], [AnyPort()]),
            new([new Peer.Network(Cidr.Parse($"100.{64 + Random.Next(64)}.{Random.Next(256)}.0/24"), [])], [AnyPort()]),
        ],
        Egress: null);

    private static NetworkPolicy DenyEgress(string ns) => new(new(ns, "default-deny-egress"), Selector.Everything, Ingress: null, Egress: []);

    private static NetworkPolicy AllowDns(string ns)
    {
        var dns = new Peer.PodsIn(Selector.Of((NamespaceBlock.NameLabel, DnsNamespace)), Selector.Of(("k8s-app", "kube-dns")));
        return new(new(ns, "allow-dns"), Selector.Everything, Ingress: null, Egress: [new([dns], [Port(Protocol.Udp, 53), Port(Protocol.Tcp, 53)])]);
    }

    private static string AppName(int app) => $"app-{app}";

    private static Selector App(int app) => Selector.Of(("app", AppName(app)));

    private Selector AnyApp() => App(Random.Next(Apps));

    private PortMatch.Numbered AnyPort() => Port(Protocol.Tcp, Ports[Random.Next(Ports.Count)]);

    private static PortMatch.Numbered Port(Protocol protocol, ushort port) => new(protocol, new(port, port));
}
