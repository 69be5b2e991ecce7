using Podwall.Cli;

namespace Podwall.Tests.Cli;

/// <summary>What ends and ports mean, on small clusters; each case once gave a wrong or a misleading answer.</summary>
public sealed class QuestionTests
{
    private const string Web =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: default}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: c, image: x, ports: [{name: http, containerPort: 80}]}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: default}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{from: [{podSelector: {matchLabels: {role: client}}}]}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: headless, namespace: default}
        spec: {clusterIP: None, selector: {app: web}, ports: [{port: 8000, targetPort: http}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: plain, namespace: default}
        spec: {selector: {app: web}, ports: [{port: 8000, targetPort: http}]}
        """;

    [Theory]
    [InlineData("default/web", "default/web:80", "DENIED")]
    [InlineData("203.0.113.1", "default/plain:8000", "TCP 80")]
    [InlineData("203.0.113.1", "default/headless:8000", "TCP 8000")]
    [InlineData("203.0.113.1", "default/plain:8001", "it has 8000/tcp")]
    [InlineData("203.0.113.0/24", "default/web:80", "a block of addresses")]
    [InlineData("nosuch/web", "default/web:80", "It has default")]
    public async Task A_question_is_understood_as_it_is_meant(string from, string to, string said)
    {
        var run = await CliRun.WithInput(Web, "check", "-f", "-", "--from", from, "--to", to);
        Assert.Contains(said, run.Out + run.Error);
    }

    [Theory]
    [InlineData("networkpolicy")]
    [InlineData("NetworkPolicies")]
    [InlineData("NetworkPolcy")]
    public async Task A_slip_in_the_kind_never_opens_what_the_policy_should_close(string kind)
    {
        var run = await CliRun.WithInput(Web.Replace("kind: NetworkPolicy", $"kind: {kind}"), "matrix", "-f", "-");
        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains($"no matches for kind \"{kind}\"", run.Error);
        Assert.Contains("Write kind: NetworkPolicy.", run.Error);
    }

    [Fact]
    public async Task A_rule_that_could_not_be_read_is_said_to_be_closed()
    {
        var broken = Web.Replace("{role: client}", "{role: \"a b\"}");
        var run = await CliRun.WithInput(broken, "check", "-f", "-", "--lenient", "--from", "203.0.113.1", "--to", "default/web:80");
        Assert.Equal(ExitCode.Denied, run.Code);
        Assert.Contains("the rule could not be read, so it lets nothing through", run.Out);
        Assert.DoesNotContain("podwall.dev", run.Out);
    }

    [Fact]
    public async Task Taking_the_last_egress_rule_away_says_what_policyTypes_must_then_be()
    {
        const string Egress = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: default}\nspec: {podSelector: {}, egress: [{}]}\n";
        var run = await CliRun.WithInput(Egress + "---\n" + Web, "check", "-f", "-", "--from", "default/web", "--to", "203.0.113.1:80");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("write policyTypes out with Egress in it", run.Out);
    }

    [Fact]
    public async Task The_smallest_change_for_an_IPv6_address_is_that_address()
    {
        var run = await CliRun.WithInput(Web, "check", "-f", "-", "--from", "2001:db8::1", "--to", "default/web:80");
        Assert.Contains("cidr: \"2001:db8::1/128\"", run.Out);
        Assert.Contains("opens nothing else", run.Out);
    }
}
