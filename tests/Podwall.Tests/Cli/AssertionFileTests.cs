namespace Podwall.Tests.Cli;

/// <summary><c>podwall test</c> on files of assertions: what proves nothing, and what is no assertion at all.</summary>
public sealed class AssertionFileTests : IDisposable
{
    // Two teams in one namespace, told apart by the labels of the pods.
    private const string Cluster =
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shared, labels: {team: a}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: ours, namespace: shared}
        status: {podIPs: [{ip: 10.0.0.1}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: theirs, namespace: shared, labels: {team: b}}
        status: {podIPs: [{ip: 10.0.0.2}]}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("podwall-assertions").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Tenants_are_told_apart_by_the_label_of_the_pod_or_else_of_its_namespace_as_queries_do()
    {
        var run = await TestAsync("{apartBy: team}");
        Assert.Equal(1, run.Code);
        Assert.Contains("shared/theirs -> shared/ours TCP 443 is allowed", run.Out, StringComparison.Ordinal);
        var query = await CliRun.Of("query", "-f", Put("cluster.yaml", Cluster), "--across", "team");
        Assert.Contains("shared/ours -> shared/theirs   everything", query.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assertion_about_no_pair_is_vacuous()
    {
        const string line = "{from: shared/ours, to: shared/ours, ports: [any], is: deny}";
        var run = await TestAsync(line);
        Assert.Equal(0, run.Code);
        Assert.Contains("it is about no pair of pods or addresses at all", run.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await TestAsync(line, "--strict")).Code);
        var markdown = await TestAsync(line, "-o", "markdown");
        Assert.StartsWith("### podwall test: 1 of 1 hold, 1 vacuous\n\n- **vacuous** ", markdown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_that_nobody_has_tells_nobody_apart()
    {
        var run = await TestAsync("{apartBy: teams}");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("expectations.yaml:4:3", run.Error, StringComparison.Ordinal);
        Assert.Contains("no pod has the label teams, and no namespace of one", run.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean team?", run.Error, StringComparison.Ordinal);
        var query = await CliRun.Of("query", "-f", Put("cluster.yaml", Cluster), "--across", "teams");
        Assert.Equal((2, ""), (query.Code, query.Out));
        Assert.Contains("--across: no pod has the label 'teams', and no namespace of one. Did you mean team?", query.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> TestAsync(string line, params string[] options) =>
        CliRun.Of(["test", Put("expectations.yaml", $"apiVersion: podwall.dev/v1\nkind: Expectations\nexpect:\n- {line}\n"), "-f", Put("cluster.yaml", Cluster), .. options]);

    private string Put(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
