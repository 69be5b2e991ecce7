using System.Text.Json.Nodes;
using Podwall.Lab.Api;
using Podwall.Lab.Simulation;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;

namespace Podwall.Tests.Cli;

/// <summary>A live cluster and the same objects as files must give the same answers; and what is misconfigured says so in one line.</summary>
public sealed class LiveClusterTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-live").FullName;
    private ApiServer server = null!;

    private string Kubeconfig => Path.Combine(folder, "kubeconfig");

    public async ValueTask InitializeAsync()
    {
        ObjectStore store = new();
        var snapshot = new TeamCluster(new Random(7), Namespaces: 8, Pods: 80, AppPolicies: 30).Build();
        SimulatedCluster.Fill(store, snapshot);
        ManifestFiles.WriteDirectory(snapshot, Path.Combine(folder, "files"));
        server = await ApiServer.StartAsync(new() { Store = store });
        // The server founds the namespaces that every cluster has; as files they are given too.
        foreach (var name in new[] { "default", "kube-public", "kube-node-lease" })
            await File.WriteAllTextAsync(Path.Combine(folder, "files", $"{name}-ns.yaml"), $"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n");
        await server.WriteKubeconfigAsync(Kubeconfig);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("matrix -o json")]
    [InlineData("matrix --by pod -o jsonl")]
    [InlineData("matrix")]
    [InlineData("get -o json")]
    [InlineData("draw -o mermaid")]
    [InlineData("check --from ns-00001/app-0 --to ns-00002/app-1:80 -o json")]
    public async Task The_live_cluster_gives_what_files_give(string line)
    {
        var live = await CliRun.Of([.. line.Split(' '), "--kubeconfig", Kubeconfig]);
        var files = await CliRun.Of([.. line.Split(' '), "-f", Path.Combine(folder, "files")]);
        Assert.Equal("", live.Error);
        Assert.Equal(files.Code, live.Code);
        Assert.Equal(Unplaced(files.Out), Unplaced(live.Out));
        Assert.NotEmpty(live.Out);
    }

    [Fact]
    public async Task Applying_what_is_there_changes_nothing_and_a_policy_more_does()
    {
        var same = await CliRun.Of("diff", "--live", Path.Combine(folder, "files"), "--kubeconfig", Kubeconfig, "--fail-on", "any");
        Assert.Equal((0, ""), (same.Code, same.Error));
        Assert.EndsWith("nothing changes\n", same.Out, StringComparison.Ordinal);

        var policy = Path.Combine(folder, "closed.yaml");
        await File.WriteAllTextAsync(policy, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed, namespace: ns-00001}\nspec: {podSelector: {}, policyTypes: [Egress]}\n", TestContext.Current.CancellationToken);
        var closed = await CliRun.Of("diff", "--live", policy, "--kubeconfig", Kubeconfig, "--fail-on", "closed");
        Assert.Equal((1, ""), (closed.Code, closed.Error));
        Assert.Contains("isolated for egress by ns-00001/closed", closed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_without_a_namespace_lie_in_the_one_given()
    {
        var named = await CliRun.Of("check", "--from", "app-0", "--to", "ns-00002/app-1:80", "-n", "ns-00001", "--kubeconfig", Kubeconfig, "-o", "json");
        var whole = await CliRun.Of("check", "--from", "ns-00001/app-0", "--to", "ns-00002/app-1:80", "--kubeconfig", Kubeconfig, "-o", "json");
        Assert.Equal(whole.Code, named.Code);
        Assert.Equal("", named.Error);
    }

    [Theory]
    [InlineData("--context nowhere", "nowhere")]
    [InlineData("--kubeconfig /no/such/file", "/no/such/file")]
    public async Task What_is_misconfigured_is_named_in_one_line(string options, string named)
    {
        var run = await CliRun.Of(["matrix", .. options.Split(' '), .. options.Contains("--kubeconfig", StringComparison.Ordinal) ? Array.Empty<string>() : ["--kubeconfig", Kubeconfig]]);
        Assert.Equal(3, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Without_any_kubeconfig_the_ways_in_are_named()
    {
        var run = await CliRun.Of("matrix");
        Assert.Equal(3, run.Code);
        Assert.Contains("-f PATH", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_login_is_named()
    {
        server.Token = "another";
        var run = await CliRun.Of("matrix", "--kubeconfig", Kubeconfig);
        Assert.Equal(3, run.Code);
        Assert.Contains("401", run.Error, StringComparison.Ordinal);
        Assert.Contains("log in again", run.Error, StringComparison.Ordinal);
        Assert.Contains(Kubeconfig, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_of_another_cluster_is_not_trusted()
    {
        await using var other = await ApiServer.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var text = await File.ReadAllTextAsync(Kubeconfig, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Kubeconfig, text.Replace(server.Address.Authority, other.Address.Authority, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var run = await CliRun.Of("matrix", "--kubeconfig", Kubeconfig);
        Assert.Equal(3, run.Code);
        Assert.Contains("no trusted connection", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    // Files have places, a cluster has none.
    private static string Unplaced(string text)
    {
        if (!text.StartsWith('{') || JsonNode.Parse(text.Split("\n{")[0]) is not { } document || text.Contains("\n{", StringComparison.Ordinal))
            return text;
        Strip(document);
        return document.ToJsonString();

        static void Strip(JsonNode? node)
        {
            if (node is JsonObject fields)
            {
                fields.Remove("source");
                foreach (var (_, value) in fields)
                    Strip(value);
            }
            else if (node is JsonArray items)
                foreach (var item in items)
                    Strip(item);
        }
    }
}
