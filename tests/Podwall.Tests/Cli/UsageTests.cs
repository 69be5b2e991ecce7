using System.Text.RegularExpressions;

namespace Podwall.Tests.Cli;

/// <summary>Help, completion, and what a slip of the fingers gets for an answer.</summary>
public sealed partial class UsageTests
{
    [Theory]
    [InlineData("chekc", "chekc")]
    [InlineData("check --form a/b", "--form")]
    [InlineData("matrix -f k8s/labs --by node", "node")]
    [InlineData("matrix -f k8s/labs -o xml", "xml")]
    [InlineData("lint k8s/labs/security", "-f k8s/labs/security")]
    [InlineData("lab up --somewhere", "podwall lab up --help")]
    [InlineData("describe -f k8s/labs", "NS/NAME")]
    [InlineData("completion tcsh", "tcsh")]
    [InlineData("check -f", "-f")]
    [InlineData("check -f k8s/labs/security --from dev/shell", "--to")]
    [InlineData("check -f k8s/labs/security --from dev/shell --to prod/web:80 --flows x", "--flows")]
    [InlineData("check -f k8s/labs/security --flows docs/examples/flows.jsonl", "-o jsonl")]
    [InlineData("check -f - --flows - -o jsonl", "standard input")]
    [InlineData("check -f k8s/labs/security --flows no/such/file -o jsonl", "no/such/file")]
    [InlineData("check -f k8s/labs/security --flows k8s/labs -o jsonl", "k8s/labs")]
    [InlineData("check -f k8s/labs/security --from dev/shell:80 --to prod/web:80", "--from takes no port")]
    [InlineData("check -f k8s/labs/security --from dev/shel --to prod/web:80", "Did you mean dev/shell?")]
    [InlineData("check -f k8s/labs/security --from shell --to prod/web:80", "Did you mean dev/shell?")]
    [InlineData("check -f k8s/labs/security --from dev/shell --to prod/web:99999", "99999")]
    [InlineData("check -f k8s/labs/security --from dev/shell --to prod/web:80/xyz", "xyz")]
    [InlineData("check -f k8s/labs/security --from dev/shell --to prod/web:nope", "nope")]
    [InlineData("check -f k8s/reference/service-port --from apps/client --to apps/service/api:81", "81")]
    [InlineData("matrix -f k8s/labs/security --context prod", "one or the other")]
    [InlineData("lab simulate --pods 1000 --nodes 1 --write-kubeconfig x", "--nodes 4")]
    [InlineData("lab simulate --churn often --write-kubeconfig x", "100/s")]
    [InlineData("lab api --port 70000 --write-kubeconfig x", "--port")]
    [InlineData("lab api", "--write-kubeconfig")]
    [InlineData("lab api --write-kubeconfig README.md", "would be lost")]
    [InlineData("lab run", "FOLDER")]
    [InlineData("lab run no/such/folder --watch", "no/such/folder")]
    [InlineData("lab run k8s/lab", "k8s/lab")]
    [InlineData("lab run k8s/labs/security --nodes 0", "--nodes")]
    [InlineData("lab run k8s/labs/security --ipv6 --dual-stack", "one of them")]
    [InlineData("lab run deploy", "holds no scenario")]
    [InlineData("lab run k8s/pods/backend-combined/scenario/cluster.yaml", "-f")]
    [InlineData("probe --simulate", "-f")]
    [InlineData("probe --all --to prod/web:80", "one or the other")]
    [InlineData("probe --simulate -f k8s/labs/security --from dev/shel", "Did you mean dev/shell?")]
    [InlineData("probe --simulate -f k8s/labs/security --to svc:prod/wep:80", "Did you mean svc:prod/web?")]
    [InlineData("probe --simulate -f k8s/labs/security --to prod/web:http", "number of port")]
    [InlineData("probe --simulate -f k8s/labs/security --from svc:prod/web", "opens no connections")]
    [InlineData("matrix -f k8s/labs/security --by class -o json", "--by class")]
    [InlineData("diff k8s/labs", "BEFORE and AFTER")]
    [InlineData("diff k8s/labs k8s/tiers --fail-on opend", "Did you mean opened?")]
    [InlineData("diff k8s/labs k8s/tiers --context prod", "add --live")]
    [InlineData("diff k8s/labs k8s/tiers --prune", "add --live")]
    [InlineData("diff --live k8s/labs -f k8s/tiers", "one or the other")]
    [InlineData("diff k8s/lab k8s/labs", "Did you mean k8s/labs?")]
    [InlineData("diff --git HEAD /etc", "below it")]
    [InlineData("test docs/examples/tiers.yaml --lab", "name them with -f")]
    [InlineData("equivalent k8s/labs", "BEFORE and AFTER")]
    [InlineData("query -f k8s/labs/security", "ask for something")]
    [InlineData("query -f k8s/labs/security --from dev/shel", "Did you mean dev/shell?")]
    [InlineData("query -f k8s/labs/security --from dev", "namespace/pod")]
    [InlineData("query -f k8s/labs/security --port 99999/tcp", "99999")]
    [InlineData("query -f k8s/labs/security --from dev/* --to prod/* --transitive", "give one of them")]
    [InlineData("test docs/examples/tiers.yaml -f k8s/labs/security", "no pod apps/frontend")]
    [InlineData("test k8s/labs/security/scenario/expected.yaml -f k8s/labs/security", "folder")]
    [InlineData("test no/such/file", "no/such/file")]
    [InlineData("test -f k8s/labs/security", "PATH")]
    [InlineData("test docs/examples/tiers.yaml -f k8s/tiers/stack --lab -o markdown", "--lab writes")]
    [InlineData("suggest -f k8s/tiers/stack", "--flows")]
    [InlineData("suggest -f k8s/tiers/stack --flows no/such/file", "no/such/file")]
    [InlineData("suggest -f k8s/tiers/stack --flows README.md", "line 1")]
    [InlineData("suggest -f k8s/labs/security --flows docs/examples/observed.jsonl", "names an end that is not known")]
    [InlineData("matrix -f k8s/lab", "Did you mean k8s/labs?")]
    [InlineData("matrix -f k8s/**/nothing-*.yaml", "no file matches")]
    [InlineData("get -f README.md", "README.md")]
    [InlineData("validate -f k8s/lab", "Did you mean k8s/labs?")]
    [InlineData("describe nobody -f k8s/labs/security", "podwall get")]
    [InlineData("describe a/b/c -f k8s/labs/security", "namespace/name")]
    [InlineData("describe web/deny-from-other-namespaces -f k8s/labs/security", "prod/deny-from-other-namespaces")]
    public async Task A_mistake_is_named_and_ends_with_2(string line, string named)
    {
        var run = await CliRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.Code);
        Assert.Contains(named, run.Error + run.Out, StringComparison.Ordinal);
        if (!line.StartsWith("validate", StringComparison.Ordinal))
            Assert.Empty(run.Out);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_end_that_is_wrong_is_named_at_once()
    {
        var run = await CliRun.Of("check", "-f", "k8s/labs/security", "--from", "dev/nobody", "--to", "prod/none:80");
        Assert.Contains("--from", run.Error, StringComparison.Ordinal);
        Assert.Contains("--to", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_explains_every_command_and_option()
    {
        foreach (var command in await Commands())
        {
            var help = await CliRun.Of(command, "--help");
            Assert.Equal(0, help.Code);
            var options = Options(help.Out).ToArray();
            Assert.Contains("--help", options);
            string[] expected = command switch
            {
                "completion" or "lab" => [],
                "validate" or "probe" => ["--filename", "--output"],
                "ui" => ["--filename", "--lenient"],
                _ => ["--filename", "--lenient", "--output"],
            };
            Assert.Superset(expected.ToHashSet(), options.ToHashSet());
            foreach (var described in OptionLine().Matches(help.Out).Select(m => m.Groups[3].Value))
                Assert.NotEmpty(described.Trim());
        }
    }

    [Theory]
    [InlineData("podwall ch", "check")]
    [InlineData("podwall check --fl", "--flows")]
    [InlineData("podwall matrix --by ", "class", "pod", "workload")]
    [InlineData("podwall validate -o ", "json", "jsonl", "text", "yaml")]
    [InlineData("podwall completion ", "bash", "fish", "zsh")]
    public async Task Completion_offers_what_could_come_next(string typed, params string[] wanted)
    {
        var run = await CliRun.Of($"[suggest:{typed.Length}]", typed);
        Assert.Equal(0, run.Code);
        Assert.Subset(run.Lines.ToHashSet(), wanted.ToHashSet());
        if (!typed.EndsWith(' '))
            Assert.Equal(wanted, run.Lines.Where(l => l.StartsWith(typed[(typed.LastIndexOf(' ') + 1)..], StringComparison.Ordinal)));
    }

    [Theory, InlineData("bash", "-F _podwall"), InlineData("zsh", "compdef"), InlineData("fish", "complete -c podwall")]
    public async Task A_shell_gets_its_script(string shell, string holds)
    {
        var run = await CliRun.Of("completion", shell);
        Assert.Equal(0, run.Code);
        Assert.Contains(holds, run.Out, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_a_number() => Assert.Matches(@"^\d+\.\d+\.\d+", (await CliRun.Of("--version")).Out);

    internal static async Task<IEnumerable<string>> Commands() =>
        CommandLine().Matches((await CliRun.Of("--help")).Out.Split("Commands:")[1]).Select(m => m.Groups[1].Value);

    internal static IEnumerable<string> Options(string help) => OptionLine().Matches(help).Select(m => m.Groups[2].Value);

    [GeneratedRegex(@"^  ([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"^  (-\S+, )*(--[a-z-]+)(.*)$", RegexOptions.Multiline)]
    private static partial Regex OptionLine();
}
