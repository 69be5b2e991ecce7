using System.Text.RegularExpressions;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Web.Guide;

namespace Podwall.Tests.Guide;

/// <summary>The guide's own sentences: each is tried against the engine, or is about something that no engine decides.</summary>
public sealed partial class ProseTests
{
    private const string Cluster = """
        {apiVersion: v1, kind: Node, metadata: {name: node1}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: red}}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: ops}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {nodeName: node1}, status: {podIP: 10.0.0.1}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {nodeName: node1}, status: {podIP: 10.0.0.2}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: ops, labels: {app: agent}}, spec: {nodeName: node1}, status: {podIP: 10.0.0.3}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: dns, namespace: ops, labels: {app: dns}}, spec: {nodeName: node1}, status: {podIP: 10.0.0.4}}
        ---
        """;

    private const string Web = "podSelector: {matchLabels: {app: web}}", ClosedWeb = $"{Web}, policyTypes: [Ingress]", ClosedEgress = $"{Web}, policyTypes: [Egress]";

    private const string FromDb = $"{Web}, ingress: [{{from: [{{podSelector: {{matchLabels: {{app: db}}}}}}]}}]", FromAgent = $"{Web}, ingress: [{{from: [{{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: agent}}}}}}]}}]";

    private const string World = "203.0.113.7";

    private static readonly string[] Ends = ["shop/web", "shop/db", "ops/agent", "ops/dns", World];

    private static readonly Dictionary<string, Action> Claims = new()
    {
        ["Without one, every pod may talk to every other pod, and to the whole world."] = () => Assert.All(Pairs(), p => Passes([], p.From, p.To)),
        ["A NetworkPolicy selects pods, and says who may open connections to them (ingress) or to whom they may open connections (egress)."] = () =>
        {
            Assert.Equal([("shop/db", "shop/web")], Allowed([FromDb]).Where(p => p.To == "shop/web"));
            Assert.Equal([("shop/web", "shop/db")], Allowed([$"{Web}, policyTypes: [Egress], egress: [{{to: [{{podSelector: {{matchLabels: {{app: db}}}}}}]}}]"]).Where(p => p.From == "shop/web"));
        },
        ["The moment a policy governs a pod in a direction, the pod is isolated in that direction: what no policy lets through is dropped."] = () =>
        {
            Assert.DoesNotContain(Allowed([ClosedWeb]), p => p.To == "shop/web");
            Assert.Equal(Pairs().Where(p => p.From == "shop/web"), Allowed([ClosedWeb]).Where(p => p.From == "shop/web"));
        },
        ["Policies only ever add permissions."] = () => Assert.Subset(Allowed([ClosedWeb, FromDb, FromAgent]).ToHashSet(), Allowed([ClosedWeb, FromDb]).ToHashSet()),
        ["There is no rule that denies, no order, and no priority: two policies on one pod allow the union of what each allows."] = () =>
        {
            Assert.Equal(Allowed([FromDb]).Union(Allowed([FromAgent])).ToHashSet(), Allowed([FromDb, FromAgent]).ToHashSet());
            Assert.Equal(Allowed([FromDb, FromAgent]), Allowed([FromAgent, FromDb]));
        },
        ["A connection passes when the sender's egress and the receiver's ingress both let it; the answer to it comes back by itself."] = () =>
        {
            const string DbToNobody = "podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]", DbToWeb = $"podSelector: {{matchLabels: {{app: db}}}}, policyTypes: [Egress], egress: [{{to: [{{{Web}}}]}}]";
            Assert.False(Passes([FromDb, DbToNobody], "shop/db", "shop/web"));
            Assert.False(Passes([ClosedWeb, DbToWeb], "shop/db", "shop/web"));
            // Nothing lets web send to db, and yet what db opens passes: no policy has to name the answer.
            Assert.True(Passes([FromDb, DbToWeb, ClosedEgress], "shop/db", "shop/web"));
            Assert.False(Passes([FromDb, DbToWeb, ClosedEgress], "shop/web", "shop/db"));
        },
        ["Every field of a policy, once, and what it means."] = new SkeletonTests().Every_field_of_a_policy_is_in_it_and_every_line_is_explained,
        ["One dash more or less decides who gets in."] = () => Assert.NotEqual(Allowed([TwoPeers]), Allowed([OnePeer])),
        ["Entries of a list are alternatives: a peer that begins with its own dash is one more way in."] = () => Assert.Equal(["shop/db", "ops/agent", "ops/dns"], Allowed([TwoPeers]).Where(p => p.To == "shop/web").Select(p => p.From)),
        ["Selectors inside one entry must both hold."] = () => Assert.DoesNotContain(Allowed([OnePeer]), p => p.To == "shop/web"),
        ["The two forms differ by one dash in the file, and by every pod of a namespace in effect."] = () =>
            Assert.Superset(new HashSet<(string, string)> { ("ops/agent", "shop/web"), ("ops/dns", "shop/web") }, Allowed([TwoPeers]).Except(Allowed([OnePeer])).ToHashSet()),
        ["A namespaceSelector looks at the labels of namespaces, never at their names."] = () =>
        {
            Assert.False(Passes([From("name: ops")], "ops/agent", "shop/web"));
            Assert.True(Passes([From("team: red")], "shop/db", "shop/web"));
        },
        ["Kubernetes itself puts the label kubernetes.io/metadata.name on each, with the name as its value, so a name can be selected all the same."] = () => Assert.Equal(["ops/agent", "ops/dns"], Allowed([From("kubernetes.io/metadata.name: ops")]).Where(p => p.To == "shop/web").Select(p => p.From)),
        ["Every other label is yours to set, and whoever may set labels on a namespace may open your policies."] = () =>
        {
            Assert.False(Passes([From("env: prod")], "ops/agent", "shop/web"));
            Assert.True(Passes([From("env: prod")], "ops/agent", "shop/web", cluster: Cluster.Replace("{name: ops}", "{name: ops, labels: {env: prod}}", StringComparison.Ordinal)));
        },
        ["Frontend to backend to database, and nobody past a neighbour."] = () =>
        {
            var stack = GuideScenario.Read("k8s/tiers/stack").Steps[^1].State.Compiled;
            Pod[] tiers = [.. ((string[])["frontend", "backend", "database"]).Select(t => stack.Snapshot.Pods.First(p => p.Labels["tier"] == t && p.Namespace != "default"))];
            Assert.True(Reaches(tiers[0], tiers[1]) && Reaches(tiers[1], tiers[2]));
            Assert.False(Reaches(tiers[0], tiers[2]) || Reaches(tiers[2], tiers[0]) || Reaches(tiers[1], tiers[0]) || Reaches(tiers[2], tiers[1]));

            bool Reaches(Pod from, Pod to) => Enumerable.Range(1, 10_000).Any(p => stack.Decide(new(stack.At(from), stack.At(to), Protocol.Tcp, p)).IsAllowed);
        },
        ["Close egress, and names stop resolving."] = () => Assert.False(Passes([ClosedEgress], "shop/web", "ops/dns", 53, Protocol.Udp)),
        ["Open DNS, and nothing else."] = () => Assert.Equal([("shop/web", "ops/dns")], Allowed([ToDns("UDP", "TCP")], 53, Protocol.Udp).Where(p => p.From == "shop/web")),
        ["A pod whose egress is isolated needs a rule for UDP 53 and for TCP 53, which long answers use, to the DNS pods themselves: policies see the pods behind the Service, and their own ports."] = () =>
        {
            Assert.True(Passes([ToDns("UDP")], "shop/web", "ops/dns", 53, Protocol.Udp));
            Assert.False(Passes([ToDns("UDP")], "shop/web", "ops/dns", 53));
            Assert.True(Passes([ToDns("UDP", "TCP")], "shop/web", "ops/dns", 53));
            Assert.False(Passes([$"{Web}, policyTypes: [Egress], egress: [{{to: [{{ipBlock: {{cidr: 10.96.0.10/32}}}}], ports: [{{port: 53, protocol: UDP}}]}}]"], "shop/web", "ops/dns", 53, Protocol.Udp));
        },
        ["They cannot tell the containers of one pod apart, know no users, paths or certificates, and do not hold between a pod and the node that it runs on."] = () =>
        {
            Assert.True(Passes([ClosedWeb], "192.0.2.1", "shop/web"));
            Assert.True(Passes([ClosedEgress], "shop/web", "192.0.2.1"));
        },
    };

    /// <summary>Of the network plugin, the API server and programs, and headings that claim nothing.</summary>
    private static readonly string[] OfOthers =
    [
        "A policy does nothing by itself: the network plugin of the cluster has to enforce it.",
        "Where none does, the API server takes the policy all the same, and everything still passes.",
        "From closed to just open enough, one pod at a time.",
        "Fences around namespaces, and the labels that open them.",
        "Nearly every program asks DNS before it connects.",
        "Every field in every form, each as a scenario that holds.",
        "The commands that show what is there, and what gets through.",
        "Symptom, cause and cure of what goes wrong most.",
        "NetworkPolicy, Istio AuthorizationPolicy, Cilium NetworkPolicy.",
        "What a NetworkPolicy cannot do.",
        "Policies judge addresses and ports.",
        "They need a network that enforces them: Flannel alone takes every policy and drops nothing.",
    ];

    private const string TwoPeers = $"{Web}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: ops}}}}}}, {{podSelector: {{matchLabels: {{app: db}}}}}}]}}]";

    private const string OnePeer = $"{Web}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: ops}}}}, podSelector: {{matchLabels: {{app: db}}}}}}]}}]";

    public static TheoryData<string> Sentences => [.. Claims.Keys];

    public static TheoryData<string> Scenarios => [.. ScenarioFiles.Scenarios];

    [Fact]
    public void Every_sentence_before_the_scenarios_is_tried_or_is_about_something_else() =>
        Assert.Equal(Chapters.All.SelectMany(c => c.Text.Prepend(c.Lead)).SelectMany(t => Sentence().Split(t)).Order(StringComparer.Ordinal), Claims.Keys.Concat(OfOthers).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Sentences))]
    public void A_sentence_of_the_guide_holds(string sentence) => Claims[sentence]();

    [Theory, MemberData(nameof(Scenarios))]
    public void Whatever_a_scenario_names_in_words_is_in_its_files(string folder)
    {
        var scenario = GuideScenario.Read(folder);
        var words = string.Join(' ', scenario.Expectations.Steps.AsEnumerable().Select(s => s.Name).Prepend(scenario.About).Prepend(scenario.Title));
        var files = string.Join('\n', ScenarioFiles.In(folder).Select(ScenarioFiles.Read)).Replace(scenario.About, "", StringComparison.Ordinal);
        foreach (var number in Number().Matches(words).Select(m => m.Value.TrimEnd('.', ',')))
            Assert.Contains(number, files, StringComparison.Ordinal);
        foreach (var label in Label().Matches(words).Select(m => m.Value.Split('=')))
            Assert.Matches($"{Regex.Escape(label[0])}[:=\"]+ ?\"?{Regex.Escape(label[1])}", files);
    }

    private static string From(string label) => $"{Web}, ingress: [{{from: [{{namespaceSelector: {{matchLabels: {{{label}}}}}}}]}}]";

    private static string ToDns(params string[] protocols) =>
        $"{Web}, policyTypes: [Egress], egress: [{{to: [{{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: dns}}}}}}], ports: [{string.Join(", ", protocols.Select(p => $"{{port: 53, protocol: {p}}}"))}]}}]";

    private static IEnumerable<(string From, string To)> Pairs() => Ends.SelectMany(f => Ends.Where(t => t != f).Select(t => (f, t)));

    private static IEnumerable<(string From, string To)> Allowed(string[] policies, int port = 80, Protocol protocol = Protocol.Tcp) => Pairs().Where(p => Passes(policies, p.From, p.To, port, protocol));

    // Policies of the namespace shop, each by its spec.
    private static bool Passes(string[] policies, string from, string to, int port = 80, Protocol protocol = Protocol.Tcp, string cluster = Cluster)
    {
        var manifests = ManifestReader.Read(policies.Select((spec, i) => ($"policy{i}.yaml", $"{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: p{i}, namespace: shop}}, spec: {{{spec}}}}}")).Prepend(("cluster.yaml", cluster)));
        Assert.Empty(manifests.Diagnostics.Where(d => d.LeavesTrafficOpen).Select(d => d.ToString()));
        var compiled = Compiled.Compile(manifests.Snapshot);
        return compiled.Decide(new(End(from), End(to), protocol, port)).IsAllowed;

        Endpoint End(string end) => end.Split('/') is [var ns, var name] ? compiled.At(compiled.Snapshot.Pods.Single(p => p.Id == new PodId(ns, name))) : compiled.At(Address.Parse(end));
    }

    [GeneratedRegex(@"(?<=\.)\s+")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"(?<![\w/-])\d[\d./:]*")]
    private static partial Regex Number();

    [GeneratedRegex(@"[\w./-]+=[\w.-]*\w")]
    private static partial Regex Label();
}
