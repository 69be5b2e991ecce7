using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Kubernetes;

public class ExpectationsTests
{
    private const string Head = "apiVersion: podwall.dev/v1\nkind: Expectations\n";

    [Fact]
    public void A_file_of_expectations_is_read()
    {
        var reading = ExpectationsReader.Read(ManifestSource.OfText("expected.yaml", Head + """
            title: Prod
            about: Only prod reaches prod.
            steps:
            - name: before
              expect:
              - {from: dev/shell, to: prod/web, ports: [80/tcp, 53/UDP, icmp], is: allow}
            - name: after
              apply: [deny.yaml]
              label:
                namespaces: {prod: {env: production, old: null}}
                pods: {dev/shell: {role: x}}
              expect:
              - {from: prod/*, to: 10.0.0.1, ports: [80/tcp], is: deny}
              otherwise: deny
              refused:
              - {file: refused/bad.yaml, field: spec.ingress, message: denied}
            """));
        Assert.Empty(reading.Diagnostics);
        var file = Assert.Single(reading.Files);
        Assert.Equal(("Prod", "Only prod reaches prod.", 2), (file.Title, file.About, file.Steps.Count));
        var line = Assert.Single(file.Steps[0].Expect);
        Assert.Equal(new FlowEnd.OnePod(new("dev", "shell")), line.From);
        Assert.Equal("[80/tcp, 53/udp, icmp]", line.Ports.ToString());
        Assert.Equal(8, line.Position.Line);
        Assert.Null(file.Steps[0].Otherwise);
        var after = file.Steps[1];
        Assert.Equal((Verdict.Deny, "deny.yaml"), (after.Otherwise, after.Apply.Single()));
        Assert.Equal("prod/* 10.0.0.1", $"{after.Expect[0].From} {after.Expect[0].To}");
        Assert.Equal("env=production", after.Labels[0].ApplyTo(Labels.Of(("old", "x"))).ToString());
        Assert.Equal(new PodId("dev", "shell"), Assert.IsType<LabelChange.OfPod>(after.Labels[1]).Id);
        Assert.Equal("spec.ingress", after.Refused.Single().Field);
    }

    [Theory]
    [InlineData("expect: [{to: a/b, ports: [80/tcp], is: allow}]", "steps[0].expect[0].from", "namespace/pod")]
    [InlineData("expect: [{from: web, to: a/b, ports: [80/tcp], is: allow}]", "steps[0].expect[0].from", "namespace/pod")]
    [InlineData("expect: [{from: a/b, to: a/b, ports: [80], is: allow}]", "steps[0].expect[0].ports[0]", "Quote it")]
    [InlineData("expect: [{from: a/b, to: a/b, ports: [80/icmp], is: allow}]", "steps[0].expect[0].ports[0]", "80/tcp")]
    [InlineData("expect: [{from: a/b, to: a/b, ports: [], is: allow}]", "steps[0].expect[0].ports", "80/tcp")]
    [InlineData("expect: [{from: a/b, to: a/b, ports: [80/tcp]}]", "steps[0].expect[0].is", "allow or")]
    [InlineData("expect: [{from: a/b, to: a/b, ports: [80/tcp], is: no}]", "steps[0].expect[0].is", "Quote it")]
    [InlineData("expect: [{from: a/b, to: a/b, ports: [80/tcp], is: drop}]", "steps[0].expect[0].is", "allow or deny")]
    [InlineData("expects: []", "steps[0].expects", "'expect'")]
    [InlineData("otherwise: maybe", "steps[0].otherwise", "allow or deny")]
    [InlineData("label: {pods: {web: {a: b}}}", "steps[0].label.pods.web", "namespace/pod")]
    [InlineData("label: {namespaces: {web: {a: b c}}}", "steps[0].label.namespaces.web", "b-c")]
    [InlineData("refused: [{field: a}]", "steps[0].refused[0].file", "refused")]
    [InlineData("apply: a.yaml", "steps[0].apply", "list")]
    public void Every_mistake_is_a_finding_with_its_place(string step, string field, string fix)
    {
        var error = Assert.Single(ExpectationsReader.Read(ManifestSource.OfText("e.yaml", $"{Head}steps:\n- name: a\n  {step}\n")).Diagnostics);
        Assert.Equal(field, error.Field);
        Assert.Contains(fix, error.Fix);
        Assert.Equal(5, error.Position!.Value.Line);
    }

    [Fact]
    public void A_file_without_expectations_says_so() =>
        Assert.True(ExpectationsReader.Read(ManifestSource.OfText("e.yaml", "apiVersion: v1\nkind: Pod\n")).HasErrors);
}
