using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Podwall.Tests.Cli;

/// <summary>
/// What docs/guide/ci.md tells a team to put into its repository, run as GitHub, GitLab and pre-commit run it: the steps of action.yml, the
/// snippet and the hooks, in a repository of manifests whose change opens a path.
/// </summary>
public sealed class PipelineTests : PipelineTest
{
    private const string Opening = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: debug, namespace: apps}\nspec:\n  podSelector: {matchLabels: {tier: database}}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}]\n";

    [Fact]
    public async Task A_pull_request_that_opens_a_path_is_stopped_and_its_comment_follows_it()
    {
        var start = (await Git("rev-parse", "HEAD")).Trim();
        await CommitAsync(Opening);
        var steps = await Action(start, ("path", "deploy/"), ("tests", "deploy/expectations.yaml"), ("version", "0.1.0"));
        Assert.Equal([0, 1, 0], steps.Select(s => s.Code));
        var comment = Assert.Single(Forge.Comments);
        Assert.Equal(("POST", "Bearer secret"), (Forge.Requests[^1].Method, Forge.Requests[^1].Login));
        Assert.StartsWith("<!-- podwall diff -->\n### Network policies: 1 opened, 0 closed", comment, StringComparison.Ordinal);
        Assert.Contains("> **This stops the run** (opened", comment, StringComparison.Ordinal);
        Assert.Contains("**Opened**", comment, StringComparison.Ordinal);
        Assert.Contains("| other/\\* | apps/database | everything |", comment, StringComparison.Ordinal);
        Assert.Contains("apps/debug", comment, StringComparison.Ordinal);
        Assert.Contains("deploy/debug.yaml:8", comment, StringComparison.Ordinal);
        Assert.Contains("```mermaid", comment, StringComparison.Ordinal);
        Assert.Equal($"report={Path.Combine(Temporary, "podwall-report")}\nopened=true\n", await ReadAsync("output"));
        var summary = await ReadAsync("summary");
        Assert.StartsWith(comment, summary, StringComparison.Ordinal);
        Assert.Contains("### podwall lint: ", summary, StringComparison.Ordinal);
        Assert.Contains("### podwall test: 1 of 2 hold\n\n- **failed** only apps/backend reaches apps/database `deploy/expectations.yaml:4`\n  - other/backend -\\> apps/database TCP 443 is allowed\n", summary, StringComparison.Ordinal);
        // The assertion fails, too, and says so where CI systems look.
        Assert.Contains("<failure message=\"other/backend -&gt; apps/database TCP 443 is allowed\"", await ReadAsync("podwall-report/junit.xml"), StringComparison.Ordinal);
        Assert.Contains("\"version\": \"2.1.0\"", await ReadAsync("podwall-report/lint.sarif"), StringComparison.Ordinal);

        // The author takes it back: the run passes, and the same comment says so.
        await Git("rm", "-q", "deploy/debug.yaml");
        await Git("commit", "-q", "-m", "taken back");
        steps = await Action(start, ("path", "deploy/"), ("tests", "deploy/expectations.yaml"), ("version", "0.1.0"));
        Assert.Equal([0, 0, 0], steps.Select(s => s.Code));
        Assert.Equal("PATCH", Forge.Requests[^1].Method);
        Assert.Contains("nothing changes", Assert.Single(Forge.Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pull_request_may_open_what_it_was_told_to_watch_for_nothing()
    {
        var start = (await Git("rev-parse", "HEAD")).Trim();
        await CommitAsync(Opening);
        var steps = await Action(start, ("path", "deploy/"), ("fail-on", ""), ("version", "0.1.0"));
        Assert.Equal([0, 0, 0], steps.Select(s => s.Code));
        Assert.Contains("**Opened**", Assert.Single(Forge.Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_repository_holds_policies_only_a_default_deny_that_goes_is_stopped_and_with_the_cluster_its_pods_are_named()
    {
        // Beside the repository's path, where it is no manifest of it.
        File.Move(Path.Combine(Repository, "deploy", "cluster.yaml"), Path.Combine(Repository, "cluster.yaml"));
        await Git("add", ".");
        await Git("commit", "-q", "-m", "policies only");
        var start = (await Git("rev-parse", "HEAD")).Trim();
        await Git("rm", "-q", "deploy/default-deny.yaml");
        await Git("commit", "-q", "-m", "open");
        var steps = await Action(start, ("path", "deploy/"), ("lint", "false"), ("version", "0.1.0"));
        Assert.Equal([0, 1, 0], steps.Select(s => s.Code));
        Assert.Contains("<summary>Opened for pods that do not exist yet", Assert.Single(Forge.Comments), StringComparison.Ordinal);
        Assert.Contains("opened=true\n", await ReadAsync("output"), StringComparison.Ordinal);

        steps = await Action(start, ("path", "deploy/"), ("cluster", "cluster.yaml"), ("tests", "deploy/expectations.yaml"), ("version", "0.1.0"));
        Assert.Equal([0, 1, 0], steps.Select(s => s.Code));
        Assert.Contains("**Opened**", Assert.Single(Forge.Comments), StringComparison.Ordinal);
        Assert.Contains("deploy/expectations.yaml   2 of 2 hold", steps[1].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_merged_meanwhile_is_not_held_against_a_pull_request()
    {
        var start = (await Git("rev-parse", "HEAD")).Trim();
        await Git("checkout", "-q", "-b", "feature");
        await File.WriteAllTextAsync(Path.Combine(Repository, "deploy", "README.md"), "shop", Stop);
        await Git("add", ".");
        await Git("commit", "-q", "-m", "readme");
        var head = (await Git("rev-parse", "HEAD")).Trim();
        await Git("checkout", "-q", "main");
        await CommitAsync(Opening);
        // What a runner checks out: the pull request, merged into its target as that is now.
        await Git("merge", "-q", "--no-ff", "-m", "merge", "feature");
        (string, string)[] run = [("PODWALL_PATH", "deploy/"), ("PODWALL_LINT", "false"), ("PODWALL_BASE", start), ("PODWALL_OUT", Path.Combine(Temporary, "report"))];
        await Installed();
        var script = $"PATH={Path.Combine(Temporary, "podwall")}:$PATH {Checkout.At("eng/ci/run")}";
        Assert.Equal(0, (await Run(script, [.. run, ("PODWALL_HEAD", head)])).Code);
        // A merge that somebody made in the branch is the branch's own.
        var own = await Run(script, [.. run, ("PODWALL_HEAD", (await Git("rev-parse", "HEAD")).Trim())]);
        Assert.Equal(1, own.Code);
        Assert.Contains("other/* -> apps/database", own.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_stops_the_run_and_is_named()
    {
        var start = (await Git("rev-parse", "HEAD")).Trim();
        await CommitAsync("kind: [\n");
        var steps = await Action(start, ("path", "deploy/"), ("version", "0.1.0"));
        Assert.Equal(2, steps[1].Code);
        Assert.Contains("deploy/debug.yaml:", steps[1].Output, StringComparison.Ordinal);
        var comment = Assert.Single(Forge.Comments);
        Assert.StartsWith("<!-- podwall diff -->\n### Network policies: nothing was decided\n", comment, StringComparison.Ordinal);
        Assert.Contains("deploy/debug.yaml:", comment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_binary_that_is_not_the_one_of_the_sums_is_not_installed()
    {
        await File.AppendAllTextAsync(Directory.EnumerateFiles(Path.Combine(Folder, "release"), "*.tar.gz").Single(), "more", Stop);
        var step = await Run($"{Checkout.At("eng/ci/install")} {Path.Combine(Folder, "bin")}", ("PODWALL_VERSION", "0.1.0"));
        Assert.NotEqual(0, step.Code);
        Assert.False(File.Exists(Path.Combine(Folder, "bin", "podwall")));
    }

    [Fact]
    public async Task The_snippet_for_GitLab_stops_a_merge_request_that_opens_a_path()
    {
        var snippet = Regex.Matches(await File.ReadAllTextAsync(Checkout.At("docs/guide/ci.md"), Stop), "```yaml\n# .gitlab-ci.yml\n(.*?)```", RegexOptions.Singleline).Single().Groups[1].Value;
        string[] script = [.. ((YamlSequenceNode)Yaml(snippet)["podwall"]["script"]).Select(l => $"{l}")];
        Assert.StartsWith("dotnet tool install Podwall.Tool ", script[0], StringComparison.Ordinal);
        await Installed();
        var start = (await Git("rev-parse", "HEAD")).Trim();
        var lines = string.Join('\n', script.Skip(1).Select(l => l.Replace("$PWD/.podwall", Path.Combine(Temporary, "podwall"), StringComparison.Ordinal)
            .Replace("curl -fsSL -o podwall-run https://raw.githubusercontent.com/<owner>/podwall/<commit>/eng/ci/run", $"cp {Checkout.At("eng/ci/run")} podwall-run", StringComparison.Ordinal)));
        (string, string)[] variables = [.. ((YamlMappingNode)Yaml(snippet)["podwall"]["variables"]).Select(v => ($"{v.Key}", $"{v.Value}".Replace("$CI_MERGE_REQUEST_DIFF_BASE_SHA", start, StringComparison.Ordinal).Replace("$CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "", StringComparison.Ordinal)))];
        Assert.Equal(0, (await Run(lines, variables)).Code);
        await CommitAsync(Opening);
        var stopped = await Run(lines, variables);
        Assert.Equal(1, stopped.Code);
        // Each step says what it has to say, whatever the others found.
        Assert.Contains("other/* -> apps/database", stopped.Output, StringComparison.Ordinal);
        Assert.Contains("podwall diff ended with 1", stopped.Output, StringComparison.Ordinal);
        Assert.Contains("podwall test ended with 1", stopped.Output, StringComparison.Ordinal);
        Assert.Contains("**Opened**", await File.ReadAllTextAsync(Path.Combine(Repository, "podwall-report", "diff.md"), Stop), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Repository, "podwall-report", "junit.xml")));

        (string, string)[] gitlab = [("CI_API_V4_URL", $"{Forge.Address}api/v4"), ("CI_PROJECT_ID", "7"), ("CI_MERGE_REQUEST_IID", "12"), ("GITLAB_TOKEN", "secret")];
        for (var times = 0; times < 2; times++)
            Assert.Equal((0, ""), await Run($"{Checkout.At("eng/ci/comment")} podwall-report/diff.md", gitlab));
        Assert.Equal(["POST", "PUT"], Forge.Requests.Select(r => r.Method).Where(m => m != "GET"));
        Assert.Contains("**Opened**", Assert.Single(Forge.Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dotnet_tool_is_packed_and_installed_and_takes_a_team_through_its_first_five_minutes()
    {
        var packed = await Run($"{Checkout.At("eng/pack")} --built");
        Assert.True(packed.Code == 0, packed.Output);
        var tool = Path.Combine(Temporary, "tool");
        var installed = await Run($"{Checkout.At("eng/ci/install")} {tool}", ("PODWALL_INSTALL", "tool"), ("PODWALL_VERSION", "0.1.0"), ("PODWALL_SOURCE", Checkout.At("artifacts/tool")), ("NUGET_PACKAGES", Path.Combine(Temporary, "packages")));
        Assert.True(installed.Code == 0 && installed.Output.EndsWith("0.1.0\n", StringComparison.Ordinal), installed.Output);

        var guide = await File.ReadAllTextAsync(Checkout.At("docs/guide/ci.md"), Stop);
        var minutes = Regex.Match(guide, "## The five minutes\n.*?```sh\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        await Git("rm", "-q", "deploy/expectations.yaml");
        var done = await Run($"PATH={tool}:$PATH\n{minutes}");
        Assert.True(done.Code == 0, done.Output);
        Assert.Contains("apps/backend -> apps/database   TCP 5432", done.Output, StringComparison.Ordinal);
        Assert.Equal("", await Git("status", "--porcelain"));

        await CommitAsync(Opening);
        (string, string)[] run = [("PODWALL_PATH", "deploy/"), ("PODWALL_BASE", "HEAD~1"), ("PODWALL_TESTS", "deploy/expectations.yaml"), ("PODWALL_OUT", Path.Combine(Temporary, "report"))];
        var stopped = await Run($"PATH={tool}:$PATH {Checkout.At("eng/ci/run")}", run);
        Assert.True(stopped.Code == 1, stopped.Output);
        Assert.Contains("podwall test ended with 1", stopped.Output, StringComparison.Ordinal);
        Assert.Contains("let in by ingress rule 1 of apps/debug (deploy/debug.yaml:8)", await ReadAsync("report/diff.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hooks_stop_a_commit_that_opens_a_path()
    {
        await Installed();
        var hooks = ((YamlSequenceNode)Yaml(await File.ReadAllTextAsync(Checkout.At(".pre-commit-hooks.yaml"), Stop))).ToDictionary(h => $"{h["id"]}");
        Assert.All(hooks.Values, h => Assert.Equal(("system", "false"), ($"{h["language"]}", $"{h["pass_filenames"]}")));
        // What is there wherever hooks run, and is no manifest.
        await File.WriteAllTextAsync(Path.Combine(Repository, ".pre-commit-config.yaml"), "repos: []\n", Stop);
        await Git("add", ".");
        await Git("commit", "-q", "-m", "hooks");
        async Task<(int Code, string Output)> Hook(string id) => await Run($"PATH={Path.Combine(Temporary, "podwall")}:$PATH {hooks[id]["entry"]}");
        foreach (var id in hooks.Keys)
            Assert.Equal(0, (await Hook(id)).Code);
        await File.WriteAllTextAsync(Path.Combine(Repository, "deploy", "debug.yaml"), Opening, Stop);
        await Git("add", ".");
        Assert.Equal(0, (await Hook("podwall-validate")).Code);
        var stopped = await Hook("podwall-diff");
        Assert.Equal(1, stopped.Code);
        Assert.Contains("other/* -> apps/database", stopped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comment_is_found_behind_a_hundred_others_and_a_failure_is_told()
    {
        Forge.Comments.AddRange(Enumerable.Range(0, 150).Select(i => $"comment {i}"));
        Forge.Comments.Add("<!-- podwall diff -->\nold");
        await File.WriteAllTextAsync(Path.Combine(Repository, "diff.md"), "<!-- podwall diff -->\nnew \"quoted\" \\ and\ttabs\n", Stop);
        Assert.Equal(0, (await Run($"{Checkout.At("eng/ci/comment")} diff.md", GitHub)).Code);
        Assert.Equal("<!-- podwall diff -->\nnew \"quoted\" \\ and\ttabs\n", Forge.Comments[^1]);
        Assert.Equal(151, Forge.Comments.Count);
        Forge.Refusal = 500;
        var failed = await Run($"{Checkout.At("eng/ci/comment")} diff.md", GitHub);
        Assert.NotEqual(0, failed.Code);
        Assert.Contains("the answer was 500", failed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_pull_request_of_a_fork_does_not_fail_for_want_of_a_comment(int status)
    {
        Forge.Refusal = status;
        var steps = await Action((await Git("rev-parse", "HEAD")).Trim(), ("path", "deploy/"), ("version", "0.1.0"));
        Assert.Equal([0, 0, 0], steps.Select(s => s.Code));
        Assert.Empty(Forge.Comments);
        Assert.StartsWith("::notice ", steps[2].Output, StringComparison.Ordinal);
        Assert.Contains($"({status}: Resource not accessible by integration)", steps[2].Output, StringComparison.Ordinal);
        Assert.StartsWith("<!-- podwall diff -->", await ReadAsync("summary"), StringComparison.Ordinal);
    }
}
