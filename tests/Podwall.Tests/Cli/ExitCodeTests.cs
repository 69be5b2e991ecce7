using Podwall.Cli;

namespace Podwall.Tests.Cli;

/// <summary>Each code of the table comes out of runs; 3 waits for live clusters.</summary>
public sealed class ExitCodeTests
{
    private const string Refused = "k8s/skeleton/ipblock-without-cidr/refused/no-cidr.yaml";
    private const string BadName = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: No_Good, namespace: apps}\nspec: {podSelector: {}}\n";

    [Theory]
    [InlineData(ExitCode.Ok, "check -f k8s/labs/security --from prod/client --to prod/web:80")]
    [InlineData(ExitCode.Ok, "check -f k8s/labs/security --from prod/client --to prod/web")]
    [InlineData(ExitCode.Ok, "matrix -f k8s/labs/security")]
    [InlineData(ExitCode.Ok, "validate -f k8s/labs/security")]
    [InlineData(ExitCode.Ok, "get -f k8s/labs/security")]
    [InlineData(ExitCode.Ok, "describe prod/deny-from-other-namespaces -f k8s/labs/security")]
    [InlineData(ExitCode.Ok, "lab run k8s/labs/security")]
    [InlineData(ExitCode.Ok, "lab run k8s/labs/security/deny-all-ingress.yaml")]
    [InlineData(ExitCode.Ok, "lab run k8s/labs/security/deny-all-ingress.yaml -f k8s/pods/default-deny-ingress/scenario -o json")]
    [InlineData(ExitCode.Ok, "probe --simulate -f k8s/labs/security")]
    [InlineData(ExitCode.Unreachable, "probe --all")]
    [InlineData(ExitCode.Ok, "completion bash")]
    [InlineData(ExitCode.Ok, "--help")]
    [InlineData(ExitCode.Denied, "check -f k8s/labs/security --from dev/shell --to prod/web:80")]
    [InlineData(ExitCode.Denied, "check -f k8s/labs/security --from dev/shell --to prod/web:80 -o json")]
    [InlineData(ExitCode.Denied, "check -f k8s/labs/security --from dev/shell --to prod/web")]
    [InlineData(ExitCode.Denied, "validate -f " + Refused)]
    [InlineData(ExitCode.Denied, "validate -f " + Refused + " -o jsonl")]
    [InlineData(ExitCode.BadInput, "check -f k8s/labs/security --flows docs/examples/flows.jsonl -o jsonl")]
    [InlineData(ExitCode.BadInput, "matrix -f " + Refused)]
    [InlineData(ExitCode.BadInput, "matrix -f no-such-directory")]
    [InlineData(ExitCode.BadInput, "validate -f README.md")]
    [InlineData(ExitCode.BadInput, "nonsense")]
    public async Task A_run_ends_with(int code, string line) => Assert.Equal(code, (await CliRun.Of(line.Split(' '))).Code);

    [Theory]
    [InlineData(ExitCode.Ok, """{"from":"dev/shell","to":"prod/web","port":80}""")]
    [InlineData(ExitCode.Ok, """{"from":"dev/shell","to":"prod/nobody","port":80}""")]
    [InlineData(ExitCode.Ok, "")]
    [InlineData(ExitCode.BadInput, """{"from":"dev/shell"}""")]
    public async Task A_batch_ends_with(int code, string lines) =>
        Assert.Equal(code, (await CliRun.WithInput(lines, "check", "-f", "k8s/labs/security", "--flows", "-", "-o", "jsonl")).Code);

    [Fact]
    public async Task Warnings_are_clean()
    {
        var run = await CliRun.WithInput("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: undeclared}\nspec: {podSelector: {}}\n", "validate", "-f", "-");
        Assert.Contains("warning", run.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, run.Code);
    }

    [Fact]
    public async Task A_bad_name_is_refused_and_yet_traffic_is_answered()
    {
        Assert.Equal(ExitCode.Denied, (await CliRun.WithInput(BadName, "validate", "-f", "-")).Code);
        var get = await CliRun.WithInput(BadName, "get", "-f", "-");
        Assert.Equal(ExitCode.Ok, get.Code);
        Assert.Contains("metadata.name", get.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lenient_closes_what_a_faulty_policy_selects_and_says_so()
    {
        string[] question = ["check", "--from", "default/shell", "--to", "default/web", "-f", "k8s/skeleton/ipblock-without-cidr/scenario/cluster.yaml", "-f", Refused];
        var strict = await CliRun.Of(question);
        Assert.Equal(ExitCode.BadInput, strict.Code);
        Assert.Empty(strict.Out);
        Assert.Contains("--lenient", strict.Error, StringComparison.Ordinal);
        var lenient = await CliRun.Of([.. question, "--lenient"]);
        Assert.Equal(ExitCode.Denied, lenient.Code);
        Assert.Contains("from-the-office", lenient.Error, StringComparison.Ordinal);
        Assert.Contains("nothing is allowed", lenient.Out, StringComparison.Ordinal);
    }
}
