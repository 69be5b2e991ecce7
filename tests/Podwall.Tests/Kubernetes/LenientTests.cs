using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

public class LenientTests
{
    [Fact]
    public void A_rule_with_a_fault_allows_nothing_and_the_others_keep_their_numbers()
    {
        var manifests = Reading.Lenient(Reading.PolicyHead + """
            spec:
              podSelector: {matchLabels: {app: web}}
              policyTypes: [Ingress]
              ingress:
              - from: [{podSelector: {}}]
              - from: [{podSelector: {}}, {ipBlock: {cidr: nope}}]
              - {}
            """);
        Assert.False(manifests.HasErrors);
        var policy = manifests.OnlyPolicy();
        Assert.Equal(Selector.Of(("app", "web")), policy.Subject);
        Assert.Null(policy.Egress);
        Assert.Equal(3, policy.Ingress!.Value.Count);
        Assert.IsType<Peer.Unreadable>(Assert.Single(policy.Ingress.Value[1].Peers));
        Assert.Equal([DiagnosticCodes.InvalidObject, DiagnosticCodes.UndeclaredNamespace, DiagnosticCodes.ClosedObject], manifests.Diagnostics.Select(d => d.Code));
    }

    [Theory]
    [InlineData("podSelector: {matchLabel: {a: b}}", true, true)]
    [InlineData("podSelector: 5", true, true)]
    [InlineData("podSelector: 5\n  policyTypes: [Egress]", false, true)]
    [InlineData("policyTypes: [egress]", true, true)]
    [InlineData("policyTypes: Egress", true, true)]
    [InlineData("egres: []", true, true)]
    public void A_policy_with_a_fault_isolates_in_both_directions_unless_its_types_are_readable(string spec, bool ingress, bool egress)
    {
        var policy = Reading.Lenient(Reading.PolicyHead + $"spec:\n  {spec}\n").OnlyPolicy();
        Assert.Equal(Selector.Everything, policy.Subject);
        Assert.Equal((ingress, egress), (policy.Governs(Direction.Ingress), policy.Governs(Direction.Egress)));
        Assert.Empty(policy.Ingress ?? []);
        Assert.Empty(policy.Egress ?? []);
    }

    [Theory]
    [InlineData("spec: 5")]
    [InlineData("spec: {ingress: {}}")]
    [InlineData("spec: {ingress: [5]}")]
    [InlineData("spec: {ingress: [], ingress: [{}]}")]
    public void Nothing_unreadable_ever_opens(string spec)
    {
        var policy = Reading.Lenient(Reading.PolicyHead + spec).OnlyPolicy();
        Assert.True(policy.Governs(Direction.Ingress));
        Assert.DoesNotContain(policy.Ingress!.Value, r => r.AnyPeer);
    }

    [Fact]
    public void A_pod_whose_labels_cannot_be_read_is_isolated()
    {
        var manifests = Reading.Lenient("apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: web, v: 1}}\n");
        var pod = manifests.OnlyPod();
        Assert.Equal("web", pod.Labels["app"]);
        var closing = manifests.OnlyPolicy();
        Assert.True(closing.Subject.Selects(pod.Labels));
        Assert.Equal((0, 0), (closing.Ingress!.Value.Count, closing.Egress!.Value.Count));
        Assert.Contains(manifests.Diagnostics, d => d.Code == DiagnosticCodes.ClosedObject && d.Subject!.Name == "a");
    }

    [Fact]
    public void A_namespace_whose_labels_cannot_be_read_is_isolated()
    {
        var manifests = Reading.Lenient("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {v: 1}}\n");
        Assert.Equal(Selector.Everything, manifests.OnlyPolicy().Subject);
    }

    [Fact]
    public void What_cannot_be_parsed_stays_an_error() => Assert.True(Reading.Lenient("a: [b").HasErrors);

    [Fact]
    public void Old_policy_versions_are_refused_and_leniently_read()
    {
        const string Old = "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {}}\n";
        Assert.Equal(DiagnosticCodes.UnsupportedVersion, Reading.Of(Old).OnlyError().Code);
        Assert.Single(Reading.Lenient(Old).Snapshot.Policies);
    }
}
