using Podwall.Kubernetes;

namespace Podwall.Tests.Kubernetes;

/// <summary>Each common mistake: its field, where it is, and what to write instead.</summary>
public class DiagnosticTests
{
    [Theory]
    [InlineData("ingress: [{from: [{ipBlock: {}}]}]", "spec.ingress[0].from[0].ipBlock.cidr", "cidr: 10.0.0.0/8")]
    [InlineData("ingress: [{from: [{ipBlock: {cidr: 10.0.0.1}}]}]", "spec.ingress[0].from[0].ipBlock.cidr", "10.0.0.1/32")]
    [InlineData("ingress: [{from: [{ipBlock: {cidr: '2001:db8::1'}}]}]", "spec.ingress[0].from[0].ipBlock.cidr", "2001:db8::1/128")]
    [InlineData("ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]", "spec.ingress[0].from[0]", "two entries")]
    [InlineData("ingress: [{ports: [{port: '80'}]}]", "spec.ingress[0].ports[0].port", "without quotes: 80")]
    [InlineData("ingress: [{ports: [{port: 8000-8080}]}]", "spec.ingress[0].ports[0].port", "port: 8000 and endPort: 8080")]
    [InlineData("ingress: [{ports: [{port: 90, endPort: 80}]}]", "spec.ingress[0].ports[0].endPort", "port: 80, endPort: 90")]
    [InlineData("ingress: [{ports: [{protocol: tcp}]}]", "spec.ingress[0].ports[0].protocol", "Write TCP")]
    [InlineData("ingress: [{ports: [{protocol: ICMP}]}]", "spec.ingress[0].ports[0].protocol", "ICMP cannot be named")]
    [InlineData("policyTypes: [egress]", "spec.policyTypes[0]", "Write Egress")]
    [InlineData("ingress: [{to: []}]", "spec.ingress[0].to", "'from'")]
    [InlineData("egress: [{from: []}]", "spec.egress[0].from", "'to'")]
    [InlineData("podSelector: {matchLabel: {a: b}}", "spec.podSelector.matchLabel", "'matchLabels'")]
    [InlineData("podSelector: {app: web}", "spec.podSelector.app", "matchLabels: {app: web}")]
    [InlineData("podselector: {}", "spec.podselector", "'podSelector'")]
    [InlineData("podSelector: {matchLabels: {v: 1}}", "spec.podSelector.matchLabels", "Quote it: \"1\"")]
    [InlineData("podSelector: {matchLabels: {v: no}}", "spec.podSelector.matchLabels", "Quote it: \"no\"")]
    [InlineData("podSelector: {matchLabels: {v: a b}}", "spec.podSelector.matchLabels", "'a-b'")]
    [InlineData("ingress: {from: []}", "spec.ingress", "put '- '")]
    [InlineData("ingress: [{from: [{namespace: web}]}]", "spec.ingress[0].from[0].namespace", "kubernetes.io/metadata.name: web")]
    [InlineData("order: 5", "spec.order", "only allows")]
    [InlineData("podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}", "spec.podSelector.matchExpressions[0].operator", "In, NotIn")]
    public void A_common_mistake_comes_with_its_fix(string spec, string field, string fix)
    {
        var error = Reading.Of(Reading.PolicyHead + $"spec:\n  {spec}\n").OnlyError();
        Assert.Equal(field, error.Field);
        Assert.Contains(fix, error.Fix);
        Assert.Equal(5, error.Position!.Value.Line);
        Assert.Equal("NetworkPolicy apps/p", error.Subject!.ToString());
    }

    [Fact]
    public void All_findings_come_at_once()
    {
        var manifests = Reading.Of(Reading.PolicyHead + """
            spec:
              podSelector: {matchLabels: {a: 1}}
              order: 5
              order: 6
              ingress:
              - from:
                - ipBlock: {cidr: x}
              policyTypes: [Foo]
            """);
        Assert.Equal(
            [("spec.podSelector.matchLabels", 5), ("spec.order", 7), ("spec.order", 7), ("spec.ingress[0].from[0].ipBlock.cidr", 10), ("spec.policyTypes[0]", 11)],
            manifests.Errors().Select(e => (e.Field, e.Position!.Value.Line)).OrderBy(e => e.Line));
    }

    [Fact]
    public void A_finding_points_at_the_column_of_the_value()
    {
        var error = Reading.Of(Reading.PolicyHead + "spec:\n  ingress:\n  - ports:\n    - port: 80\n      protocol: tcp\n").OnlyError();
        Assert.Equal(new SourcePosition("f.yaml", 8, 17), error.Position);
        Assert.Equal("f.yaml:8:17: error invalid-object: NetworkPolicy apps/p: spec.ingress[0].ports[0].protocol: "
            + "Unsupported value: \"tcp\": supported values: \"TCP\", \"UDP\", \"SCTP\" — Write TCP; capitals matter.", error.ToString());
    }

    [Fact]
    public void A_missing_field_is_found_at_what_holds_it()
    {
        var error = Reading.Of(Reading.PolicyHead + "spec:\n  ingress:\n  - from:\n    - ipBlock:\n        except: []\n").OnlyError();
        Assert.Equal(8, error.Position!.Value.Line);
    }

    [Theory]
    [InlineData("kind: Namespace\nmetadata: {name: a.b}", "metadata.name", "must not contain dots")]
    [InlineData("kind: Service\nmetadata: {name: 1a}", "metadata.name", "a DNS-1035 label must consist of")]
    [InlineData("kind: Pod\nmetadata: {name: a_b}", "metadata.name", "a lowercase RFC 1123 subdomain")]
    [InlineData("kind: Pod\nmetadata: {name: a, labels: {k: 5}}", "metadata.labels", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string")]
    [InlineData("kind: Pod\nmetadata: {name: a}\nspec: {containers: [{ports: [{containerPort: '80'}]}]}", "spec.containers[0].ports[0].containerPort",
        "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32")]
    [InlineData("kind: Pod\nmetadata: {name: a}\nspec: {containers: [{ports: [{containerPort: 0}]}]}", "spec.containers[0].ports[0].containerPort", "Required value")]
    [InlineData("kind: Pod\nmetadata: {name: a}\nspec: {containers: [{ports: [{containerPort: 80, protocol: tcp}]}]}", "spec.containers[0].ports[0].protocol",
        "Unsupported value: \"tcp\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("kind: Pod\nmetadata: {name: a}\nspec: {containers: [{ports: [{containerPort: 80, name: UPPER}]}]}", "spec.containers[0].ports[0].name", "must contain only")]
    [InlineData("kind: Pod\nmetadata: {name: a}\nspec: {containers: {}}", "spec.containers", "of type []v1.Container")]
    public void Other_kinds_are_checked_where_they_matter(string manifest, string field, string message)
    {
        var errors = Reading.Of($"apiVersion: v1\n{manifest}\n").Errors();
        Assert.Contains(errors, e => e.Field == field && e.Message.Contains(message));
    }

    [Fact]
    public void Fields_that_nobody_uses_are_not_checked() =>
        Assert.False(Reading.Of("apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {x: 1}}\nspec: {volumes: 5, typo: []}\n").HasErrors);
}
