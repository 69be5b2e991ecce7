using System.Diagnostics;
using System.Text.Json;

namespace Podwall.Tests.Cli;

/// <summary>Sides from directories, revisions and a common cluster; what a run fails on.</summary>
public sealed class DiffTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-diff").FullName;

    private const string Cluster =
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: apps}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: apps, labels: {app: db}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: apps, labels: {app: web}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: batch, namespace: apps, labels: {app: batch}}
        """;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_pull_request_that_opens_a_path_is_stopped_with_the_rule_that_does_it()
    {
        await InRepository("web", "web, batch");
        var run = await Diff("--git", "HEAD~1..HEAD", "--fail-on", "opened");
        Assert.Equal(1, run.Code);
        Assert.Contains("apps/batch -> apps/db   TCP 5432", run.Out, StringComparison.Ordinal);
        Assert.Contains("let in by ingress rule 1 of apps/db (./db.yaml:8)", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_rule_that_opens_some_of_a_path_is_named_and_a_comment_says_what_stops_the_run()
    {
        var closed = Policy("batch");
        var opened = closed.Replace("values: [batch]", "values: [batch, web]", StringComparison.Ordinal) + "\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n    ports: [{port: 80}]\n";
        var (before, after, cluster) = (await Write("before.yaml", closed), await Write("after.yaml", opened), await Write("cluster.yaml", Cluster));
        var diff = await CliRun.Of("diff", before, after, "-f", cluster);
        Assert.Contains("apps/web -> apps/db   TCP 80,5432", diff.Out, StringComparison.Ordinal);
        Assert.Contains($"let in by ingress rule 1 of apps/db ({after}:8), ingress rule 2 of apps/db ({after}:10)", diff.Out, StringComparison.Ordinal);
        var query = await CliRun.Of("query", "-f", after, "-f", cluster, "--from", "apps/web", "--to", "apps/db", "--why");
        Assert.Contains("let through by ingress rule 1 of apps/db", query.Out, StringComparison.Ordinal);
        Assert.Contains("let through by ingress rule 2 of apps/db", query.Out, StringComparison.Ordinal);
        foreach (var (kinds, stops) in ((string, bool)[])[("opened,undecidable", true), ("closed", false)])
        {
            var comment = await CliRun.Of("diff", before, after, "-f", cluster, "-o", "markdown", "--fail-on", kinds);
            Assert.Equal(stops, comment.Out.Contains("**This stops the run** (opened).", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("HEAD", 0)]
    [InlineData("HEAD~1", 1)]
    [InlineData("HEAD~1...HEAD", 1)]
    [InlineData("HEAD..HEAD~1", 0)]
    public async Task A_range_says_which_sides_are_meant(string range, int code)
    {
        await InRepository("web", "web, batch");
        Assert.Equal(code, (await Diff("--git", range, "--fail-on", "opened")).Code);
    }

    [Fact]
    public async Task The_common_cluster_may_lie_among_what_is_compared()
    {
        await InRepository("web", "web, batch");
        var run = await Diff("--git", "HEAD~1..HEAD", "-f", "cluster.yaml", "--fail-on", "opened");
        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("apps/batch -> apps/db   TCP 5432", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_only_one_revision_has_is_nothing_in_the_other()
    {
        await InRepository("web", "web");
        await File.WriteAllTextAsync(Path.Combine(folder, "more.yaml"), Policy("web").Replace("name: db", "name: batch", StringComparison.Ordinal).Replace("app: db", "app: batch", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await Git("add", ".");
        await Git("commit", "-qm", "more");
        var run = await Diff("--git", "HEAD~1..HEAD", "more.yaml", "-f", Path.Combine(folder, "cluster.yaml"), "-o", "json", "--fail-on", "closed");
        Assert.Equal(1, run.Code);
        Assert.Equal("added", JsonDocument.Parse(run.Out).RootElement.GetProperty("policies")[0].GetProperty("edit").GetString());
    }

    [Fact]
    public async Task Policies_alone_are_compared_in_the_cluster_that_is_common()
    {
        var (before, after, cluster) = (await Write("before.yaml", Policy("web")), await Write("after.yaml", Policy("web, batch")), await Write("cluster.yaml", Cluster));
        var run = await CliRun.Of("diff", before, after, "-f", cluster, "-o", "json");
        Assert.Equal(0, run.Code);
        var opened = Assert.Single(JsonDocument.Parse(run.Out).RootElement.GetProperty("opened").EnumerateArray());
        Assert.Equal("apps/batch", opened.GetProperty("from").GetProperty("workloads")[0].GetString());
        Assert.Equal("""[{"protocol":"TCP","ports":["5432"]}]""", JsonSerializer.Serialize(opened.GetProperty("traffic")));
    }

    [Fact]
    public async Task Without_a_common_cluster_two_files_of_policies_are_told_apart_all_the_same()
    {
        var (before, after) = (await Write("before.yaml", Policy("web")), await Write("after.yaml", Policy("web, batch")));
        var run = await CliRun.Of("equivalent", before, after);
        Assert.Equal(1, run.Code);
        Assert.Contains("app: batch", run.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.Of("equivalent", before, await Write("same.yaml", Policy("web, web")))).Code);
    }

    [Theory]
    [InlineData(true, "opened")]
    [InlineData(false, "closed")]
    public async Task A_default_deny_that_only_one_side_has_opens_or_closes_for_pods_that_come(bool goes, string word)
    {
        string[] sides = goes ? ["k8s/tiers/stack/default-deny.yaml", "/dev/null"] : ["/dev/null", "k8s/tiers/stack/default-deny.yaml"];
        foreach (var (kinds, code) in ((string, int)[])[("any", 1), ("future", 1), ($"future-{word}", 1), ($"future-{(goes ? "closed" : "opened")}", 0), ("opened,closed", 0)])
            Assert.Equal(code, (await CliRun.Of(["diff", .. sides, "--fail-on", kinds])).Code);
        var text = await CliRun.Of(["diff", .. sides]);
        Assert.Contains($"{word} for pods that do not exist yet\n  ", text.Out, StringComparison.Ordinal);
        Assert.Contains("a new pod without labels in apps", text.Out, StringComparison.Ordinal);
        var markdown = await CliRun.Of(["diff", .. sides, "-o", "markdown"]);
        Assert.Contains($"<summary>{char.ToUpperInvariant(word[0])}{word[1..]} for pods that do not exist yet", markdown.Out, StringComparison.Ordinal);
        var future = JsonDocument.Parse((await CliRun.Of(["diff", .. sides, "-o", "json"])).Out).RootElement.GetProperty("future").GetProperty(word)[0].GetProperty("example");
        Assert.Equal((443, "TCP"), (future.GetProperty("port").GetInt32(), future.GetProperty("protocol").GetString()));
    }

    [Fact]
    public async Task What_git_does_not_know_ends_with_2()
    {
        await InRepository("web", "web");
        foreach (var (arguments, says) in ((string[], string)[])[(["--git", "nobody..HEAD"], "no revision 'nobody'"), (["--git", "HEAD", "no-such-file.yaml"], "in neither revision")])
        {
            var run = await Diff(arguments);
            Assert.Equal(2, run.Code);
            Assert.Contains(says, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_comment_takes_no_markup_from_names()
    {
        const string Odd = "a|b<b>`@all`";
        var cluster = await Write("cluster.yaml", Cluster.Replace("name: web", $"name: \"{Odd}\"", StringComparison.Ordinal));
        var run = await CliRun.Of("diff", await Write("before.yaml", Policy("batch")), await Write("after.yaml", Policy("web")), "-f", cluster, "--lenient", "-o", "markdown");
        Assert.DoesNotContain("<b>", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("@all", run.Out, StringComparison.Ordinal);
    }

    private static string Policy(string admitted) =>
        $$$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: db, namespace: apps}
        spec:
          podSelector: {matchLabels: {app: db}}
          policyTypes: [Ingress]
          ingress:
          - from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [{{{admitted}}}]}]}}]
            ports: [{port: 5432}]
        """;

    private async Task<string> Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private async Task InRepository(string before, string after)
    {
        await Git("init", "-q");
        await Write("cluster.yaml", Cluster);
        foreach (var (text, message) in ((string, string)[])[(before, "before"), (after, "after")])
        {
            await Write("db.yaml", Policy(text));
            await Git("add", ".");
            await Git("commit", "-q", "--allow-empty", "-m", message);
        }
    }

    // In a process of its own, for the tests' directory is the checkout.
    private async Task<CliRun> Diff(params string[] arguments)
    {
        ProcessStartInfo start = new(Programs.Podwall[0], [.. Programs.Podwall[1..], "diff", .. arguments])
        { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, error);
    }

    private async Task Git(params string[] arguments)
    {
        ProcessStartInfo start = new("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", .. arguments]) { WorkingDirectory = folder };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
