using Podwall.Drawing;
using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Drawing;

/// <summary>The clusters that the drawings are looked at and compared with.</summary>
internal static class Pictures
{
    private static readonly NamespaceBlock Dev = new("dev", Labels.Of(("env", "development")), [Pod("dev", "shell", ("app", "shell"))], []);

    private static readonly NamespaceBlock KubeSystem = new("kube-system", Labels.None,
        [Pod("kube-system", "kube-dns", 0, ("k8s-app", "kube-dns")), Pod("kube-system", "kube-dns", 1, ("k8s-app", "kube-dns"))], []);

    private static readonly NetworkPolicy DenyFromOtherNamespaces = new(
        new("prod", "deny-from-other-namespaces"), Selector.Everything, [new([new Peer.PodsHere(Selector.Everything)], [])], null);

    private static readonly ValueList<PortMatch> Dns = [Port(Protocol.Udp, 53), Port(Protocol.Tcp, 53)];

    private static readonly Peer KubeDns = new Peer.PodsIn(Named("kube-system"), Selector.Of(("k8s-app", "kube-dns")));

    private static readonly NetworkPolicy[] Tiers =
    [
        IsolateAll("apps", "default-deny"),
        new(new("apps", "allow-dns"), Selector.Everything, null, [new([KubeDns], Dns)]),
        Tier("frontend", [], [new([Here("backend")], [Port(Protocol.Tcp, 8080)])]),
        Tier("backend", [new([Here("frontend")], [Port(Protocol.Tcp, 8080)])], [new([Here("database")], [Port(Protocol.Tcp, 5432)])]),
        Tier("database", [new([Here("backend")], [Port(Protocol.Tcp, 5432)])], []),
    ];

    private static readonly NetworkPolicy[] Monitoring =
    [
        new(new("data", "allow-monitoring"), Selector.Everything, [new([new Peer.PodsIn(Named("observability"), Selector.Everything)], [Port(Protocol.Tcp, 9090)])], null),
    ];

    public static readonly Dictionary<string, Func<Board>> All = new()
    {
        ["no-policies"] = () => Board.Of(Compile(Prod([]), Dev)),
        ["deny-from-other-namespaces"] = () => Board.Between(Compile(Prod([]), Dev), Compile(Prod([DenyFromOtherNamespaces]), Dev)),
        ["three-tiers"] = () => Board.Of(Compile(Apps(Tiers), KubeSystem, new("monitoring", Labels.Of(("team", "sre")), [Pod("monitoring", "prometheus", ("app", "prometheus"))], []))),
        ["three-tiers-change"] = () => Board.Between(Compile(Apps([]), KubeSystem), Compile(Apps(Tiers), KubeSystem)),
        ["from-corporate"] = () => Board.Of(Compile(PublicApi([Corporate(["10.1.0.0/16"])]), Dev)),
        ["from-corporate-change"] = () => Board.Between(Compile(PublicApi([Corporate([])]), Dev), Compile(PublicApi([Corporate(["10.1.0.0/16"])]), Dev)),
        ["large"] = () => Board.Of(Compile([.. Enumerable.Range(0, 40).Select(Team), KubeSystem])),
        ["busy"] = () => Board.Of(Shop(Monitoring)),
        ["busy-change"] = () => Board.Between(Shop([]), Shop(Monitoring)),
        ["many-namespaces"] = () => Board.Of(Compile([.. Enumerable.Range(0, 120).Select(Team), KubeSystem])),
        ["random"] = () => Board.Between(Compiled.Compile(new RandomCluster(11).Snapshot()), Compiled.Compile(new RandomCluster(12).Snapshot())),
        ["hostile"] = () => Board.Between(Compile(Hostile([])), Compile(Hostile([IsolateAll("<b>&\"']]>", "x\"y")]))),
        ["nothing"] = () => Board.Of(Compile()),
    };

    private static NamespaceBlock Prod(NetworkPolicy[] policies) =>
        new("prod", Labels.Of(("env", "production")), [Pod("prod", "web", ("app", "web")), Pod("prod", "db", ("app", "db"))], policies);

    private static NamespaceBlock Apps(NetworkPolicy[] policies) => new("apps", Labels.Of(("env", "production")),
    [
        Pod("apps", "frontend", 0, ("tier", "frontend")), Pod("apps", "frontend", 1, ("tier", "frontend")),
        Pod("apps", "backend", 0, ("tier", "backend")), Pod("apps", "backend", 1, ("tier", "backend")), Pod("apps", "backend", 2, ("tier", "backend")),
        Pod("apps", "database", ("tier", "database")),
    ], policies);

    private static NamespaceBlock PublicApi(NetworkPolicy[] policies) =>
        new("apps", Labels.None, [Pod("apps", "public-api", ("app", "public-api")), Pod("apps", "worker", ("app", "worker"))], policies);

    private static NetworkPolicy Corporate(string[] except) => new(new("apps", "api-from-corporate"), Selector.Of(("app", "public-api")),
        [new([new Peer.Network(Cidr.Parse("10.0.0.0/8"), except.Select(Cidr.Parse).ToValueList())], [Port(Protocol.Tcp, 443)])], null);

    private static NamespaceBlock Team(int number)
    {
        var name = $"team-{number:00}";
        var pods = Enumerable.Range(0, 10).Select(i => Pod(name, $"service-{i % 5}", i / 5, ("app", $"service-{i % 5}"), ("tier", i % 5 == 0 ? "edge" : "inner")));
        NetworkPolicy[] policies =
        [
            new(new(name, "same-namespace-only"), Selector.Everything, [new([new Peer.PodsHere(Selector.Everything)], [])], null),
            new(new(name, "allow-monitoring"), Selector.Everything, [new([new Peer.PodsIn(Named("team-00"), Selector.Everything)], [Port(Protocol.Tcp, 9090)])], null),
            new(new(name, "egress"), Selector.Of(("tier", "inner")), null, [new([KubeDns], Dns), new([new Peer.PodsHere(Selector.Everything)], [])]),
        ];
        return new(name, Labels.Of(("team", $"{number}")), pods, number % 4 == 3 ? [] : policies);
    }

    private static Compiled Shop(NetworkPolicy[] monitoring) => Compile(
        new("frontend", Labels.Of(("env", "frontend")), [Pod("frontend", "shop", 0, ("app", "shop")), Pod("frontend", "shop", 1, ("app", "shop")), Pod("frontend", "admin", ("app", "admin"))],
        [
            IsolateAll("frontend", "default-deny"),
            new(new("frontend", "from-office"), Selector.Of(("app", "admin")), [new([new Peer.Network(Cidr.Parse("10.0.0.0/8"), [Cidr.Parse("10.1.0.0/16")])], [Port(Protocol.Tcp, 443)])], null),
            new(new("frontend", "from-anywhere"), Selector.Of(("app", "shop")), [new([new Peer.Network(Cidr.Parse("0.0.0.0/0"), [])], [Port(Protocol.Tcp, 443)])], null),
            new(new("frontend", "out"), Selector.Everything, null, [new([KubeDns], Dns), new([new Peer.PodsIn(Named("backend"), Selector.Everything)], [Port(Protocol.Tcp, 8080)])]),
        ]),
        new("backend", Labels.Of(("env", "backend")), [Pod("backend", "orders", ("app", "orders")), Pod("backend", "stock", ("app", "stock")), Pod("backend", "payment", ("app", "payment"))],
        [
            IsolateAll("backend", "default-deny"),
            new(new("backend", "from-frontend"), Selector.Everything, [new([new Peer.PodsIn(Selector.Of(("env", "frontend")), Selector.Everything)], [Port(Protocol.Tcp, 8080)])], null),
            new(new("backend", "out"), Selector.Everything, null, [new([KubeDns], Dns), new([new Peer.PodsIn(Named("data"), Selector.Everything)], [Port(Protocol.Tcp, 5432)])]),
            new(new("backend", "to-bank"), Selector.Of(("app", "payment")), null, [new([new Peer.Network(Cidr.Parse("203.0.113.0/24"), [])], [Port(Protocol.Tcp, 443)])]),
        ]),
        new("data", Labels.None, [Pod("data", "postgres", ("app", "postgres")), Pod("data", "redis", ("app", "redis"))],
        [
            new(new("data", "from-backend"), Selector.Of(("app", "postgres")), [new([new Peer.PodsIn(Named("backend"), Selector.Everything)], [Port(Protocol.Tcp, 5432)])], []),
            new(new("data", "closed"), Selector.Of(("app", "redis")), [], []),
            .. monitoring,
        ]),
        new("observability", Labels.None, [Pod("observability", "prometheus", ("app", "prometheus"))], []),
        KubeSystem);

    private static NamespaceBlock Hostile(NetworkPolicy[] policies) => new("<b>&\"']]>", Labels.Of(("a<script>", "alert(1)</script>"), ("env", "\u202Egnp\u0007\n\"}]|")),
        [Pod("<b>&\"']]>", "end\"] --> x", ("app", "`**md**`#quot;")), Pod("<b>&\"']]>", "]]><!--", ("app", "\\\"\nb"))], policies);

    private static NetworkPolicy IsolateAll(string ns, string name) => new(new(ns, name), Selector.Everything, [], []);

    private static NetworkPolicy Tier(string tier, ValueList<Rule> ingress, ValueList<Rule> egress) =>
        new(new("apps", tier), Selector.Of(("tier", tier)), ingress, egress);

    private static Peer.PodsHere Here(string tier) => new(Selector.Of(("tier", tier)));

    private static Selector Named(string name) => Selector.Of((NamespaceBlock.NameLabel, name));

    private static PortMatch.Numbered Port(Protocol protocol, ushort port) => new(protocol, new(port, port));

    private static Pod Pod(string ns, string name, params (string, string)[] labels) => new(new(ns, name), Labels.Of(labels));

    private static Pod Pod(string ns, string workload, int replica, params (string, string)[] labels) =>
        new(new(ns, $"{workload}-{replica}"), Labels.Of(labels)) { Workload = new(ns, "Deployment", workload) };

    private static Compiled Compile(params NamespaceBlock[] namespaces) => Compiled.Compile(new(namespaces, []));
}
