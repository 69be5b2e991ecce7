using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

public class ManifestReaderTests
{
    [Fact]
    public void A_policy_becomes_the_engines_policy()
    {
        var policy = Reading.Of(Reading.PolicyHead + """
            spec:
              podSelector: {matchExpressions: [{key: a, operator: In, values: [x, y1]}, {key: b, operator: NotIn, values: [z]}, {key: c, operator: Exists}, {key: d, operator: DoesNotExist}]}
              ingress:
              - from:
                - namespaceSelector: {matchLabels: {env: prod}}
                  podSelector: {matchLabels: {app: web}}
                - namespaceSelector: {}
                - ipBlock: {cidr: 10.1.2.3/8, except: [10.1.0.0/16]}
                ports: [{}, {protocol: UDP}, {port: 80}, {port: 80, endPort: 90}, {port: http, protocol: SCTP}]
              - {}
              egress: [{}]
            """).OnlyPolicy();
        Assert.Equal(Selector.Of(new Requirement.OneOf("a", ["x", "y1"]), new Requirement.NoneOf("b", ["z"]), new Requirement.Present("c"), new Requirement.Absent("d")), policy.Subject);
        Assert.Equal(
        [
            new Peer.PodsIn(Selector.Of(("env", "prod")), Selector.Of(("app", "web"))),
            new Peer.PodsIn(Selector.Everything, Selector.Everything),
            new Peer.Network(Cidr.Parse("10.0.0.0/8"), [Cidr.Parse("10.1.0.0/16")]),
        ], policy.Ingress!.Value[0].Peers);
        Assert.Equal(
        [
            new PortMatch.AllPorts(Protocol.Tcp),
            new PortMatch.AllPorts(Protocol.Udp),
            new PortMatch.Numbered(Protocol.Tcp, new(80, 80)),
            new PortMatch.Numbered(Protocol.Tcp, new(80, 90)),
            new PortMatch.Named(Protocol.Sctp, "http"),
        ], policy.Ingress!.Value[0].Ports);
        Assert.True(policy.Ingress!.Value[1] is { AnyPeer: true, AnyPort: true });
        Assert.Single(policy.Egress!.Value);
    }

    [Theory]
    [InlineData("policyTypes: [Egress]\n  ingress: [{}]", false, true)]
    [InlineData("egress: []", true, false)]
    [InlineData("egress: [{}]", true, true)]
    [InlineData("policyTypes: [Ingress]\n  egress: [{}]", true, false)]
    public void Only_the_directions_of_policyTypes_are_governed(string spec, bool ingress, bool egress)
    {
        var policy = Reading.Of(Reading.PolicyHead + $"spec:\n  {spec}\n").OnlyPolicy();
        Assert.Equal((ingress, egress), (policy.Governs(Direction.Ingress), policy.Governs(Direction.Egress)));
    }

    [Fact]
    public void Lists_hold_objects_and_typed_lists_need_no_kind_inside()
    {
        var manifests = Reading.Of("""
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
            - {apiVersion: v1, kind: PodList, items: [{metadata: {name: p, namespace: a}}]}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicyList
            items: [{metadata: {name: np, namespace: a}, spec: {podSelector: {}}}]
            ---
            apiVersion: v1
            kind: List
            items: []
            """);
        Assert.Empty(manifests.Diagnostics);
        Assert.Equal(("a/p", "a/np"), (manifests.OnlyPod().ToString(), manifests.OnlyPolicy().Id.ToString()));
    }

    [Fact]
    public void Other_kinds_are_counted_and_expectations_are_none()
    {
        var manifests = Reading.Of("apiVersion: v1\nkind: ConfigMap\n---\napiVersion: v1\nkind: ConfigMap\n---\napiVersion: podwall.dev/v1\nkind: Expectations\n---\nkind: Service\napiVersion: serving.knative.dev/v1\n");
        Assert.Equal([new KindCount("v1", "ConfigMap", 2), new KindCount("serving.knative.dev/v1", "Service", 1)], manifests.OtherKinds);
        Assert.Empty(manifests.Diagnostics);
    }

    [Theory]
    [InlineData("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy")]
    [InlineData("cilium.io/v2", "CiliumNetworkPolicy")]
    [InlineData("projectcalico.org/v3", "NetworkPolicy")]
    [InlineData("security.istio.io/v1", "AuthorizationPolicy")]
    public void Other_policies_are_named_in_one_warning(string version, string kind)
    {
        var manifests = Reading.Of($"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: b}}\n");
        Assert.Equal((Severity.Warning, DiagnosticCodes.UnsupportedPolicyKind), Assert.Single(manifests.Diagnostics) is var d ? (d.Severity, d.Code) : default);
        Assert.Equal(2, manifests.OtherKinds[0].Count);
    }

    [Theory]
    [InlineData("foo: bar", "no Kubernetes object")]
    [InlineData("apiVersion: v1\nkindt: Pod\nmetadata: {}", "'kind' instead of 'kindt'")]
    [InlineData("- a\n- b", "apiVersion and kind")]
    [InlineData("just text", "apiVersion and kind")]
    [InlineData("apiVersion: v1\nkind: [Pod]\nmetadata: {}", "Add a kind")]
    public void What_is_no_object_is_an_error(string text, string fix)
    {
        var error = Reading.Of(text).OnlyError();
        Assert.Equal(DiagnosticCodes.MalformedManifest, error.Code);
        Assert.Contains(fix, error.Fix);
    }

    [Fact]
    public void Duplicate_objects_name_both_places_and_the_later_holds()
    {
        var manifests = Reading.Of(Reading.PolicyHead + "spec: {podSelector: {}}\n---\n" + Reading.PolicyHead + "spec: {podSelector: {matchLabels: {a: b}}}\n");
        var error = manifests.OnlyError();
        Assert.Equal((DiagnosticCodes.DuplicateObject, 6), (error.Code, error.Position!.Value.Line));
        Assert.Contains("f.yaml:1:1", error.Message);
        Assert.Equal(Selector.Of(("a", "b")), manifests.OnlyPolicy().Subject);
    }

    [Fact]
    public void A_namespace_that_no_object_declares_is_one_warning()
    {
        var manifests = Reading.Of("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: backend, labels: {env: b}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: a, namespace: backends}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: b, namespace: backends}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: c}
            """);
        var warning = Assert.Single(manifests.Diagnostics);
        Assert.Equal((Severity.Warning, DiagnosticCodes.UndeclaredNamespace, 5), (warning.Severity, warning.Code, warning.Position!.Value.Line));
        Assert.Contains("'backend'", warning.Fix);
        Assert.Equal([("backend", true), ("backends", false), ("default", false)], manifests.Snapshot.Namespaces.Select(n => (n.Name, n.IsDeclared)));
        Assert.Equal("backend", manifests.Snapshot.Namespaces[0].Labels[NamespaceBlock.NameLabel]);
    }

    [Fact]
    public void Every_part_of_a_policy_knows_its_place()
    {
        var manifests = Reading.Of(Reading.PolicyHead + """
            spec:
              podSelector: {}
              ingress:
              - {}
              - from:
                - podSelector: {}
                - ipBlock: {cidr: 10.0.0.0/8}
                ports:
                - port: 80
            """);
        var rule = new RuleId(new("apps", "p"), Direction.Ingress, 1);
        Assert.Equal(new SourcePosition("f.yaml", 1, 1), manifests.Sources.Of(rule.Policy));
        Assert.Equal(new SourcePosition("f.yaml", 8, 5), manifests.Sources.Of(rule));
        Assert.Equal(new SourcePosition("f.yaml", 10, 7), manifests.Sources.OfPeer(rule, 1));
        Assert.Equal(new SourcePosition("f.yaml", 12, 7), manifests.Sources.OfPort(rule, 0));
        Assert.Equal(new SourcePosition("f.yaml", 5, 3), manifests.Sources.Of(rule.Policy, "spec.podSelector"));
        Assert.Null(manifests.Sources.Of(new PolicyId("apps", "other")));
    }

    [Fact]
    public void A_missing_source_is_an_error() =>
        Assert.Equal(DiagnosticCodes.Unreadable, ManifestReader.Read([new ManifestSource("gone.yaml", () => File.OpenRead("/nowhere/gone.yaml"))]).OnlyError().Code);

    [Fact]
    public void Generated_names_stay_apart() => Assert.Equal(2, Reading.Of(
        "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n---\napiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n").Snapshot.Pods.Count());

    [Fact]
    public void An_empty_status_of_an_older_server_is_only_a_warning() =>
        Assert.False(Reading.Of(Reading.PolicyHead + "spec: {}\nstatus: {}\n").HasErrors);
}
