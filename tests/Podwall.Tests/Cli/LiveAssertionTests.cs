using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Streams;
using Podwall.Lab.Store;

namespace Podwall.Tests.Cli;

/// <summary><c>podwall test --live</c> against an API server whose pods have few programs, and a network that may enforce nothing.</summary>
public sealed class LiveAssertionTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-live-test").FullName;
    private readonly Network network = new();
    private ApiServer server = null!;

    private string Kubeconfig => Path.Combine(folder, "kubeconfig");

    public async ValueTask InitializeAsync()
    {
        ObjectStore store = new();
        Put(store, ResourceType.Namespaces, "", "apps", new());
        Pod(store, "web", "10.244.0.2", "istio-proxy", "main");
        Pod(store, "web-2", "10.244.0.3", "main");
        Pod(store, "db", "10.244.0.4", "main");
        Pod(store, "bare", "10.244.0.5", "main");
        Put(store, ResourceType.NetworkPolicies, "apps", "db", JsonNode.Parse("""
            {"spec": {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"], "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 5432}]}]}}
            """)!.AsObject());
        server = await ApiServer.StartAsync(new() { Store = store, Runtime = network });
        await server.WriteKubeconfigAsync(Kubeconfig);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Assertions_are_tried_from_the_pods_themselves()
    {
        network.Allows = (from, port) => port == 5432 && from.StartsWith("web", StringComparison.Ordinal);
        var run = await TestAsync("expect:\n- {from: apps/web, to: apps/db, ports: [5432/tcp], is: allow}\n- {from: apps/web-2, to: apps/db, ports: [8080/tcp], is: deny}\n", "--all");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(2, run.Out.Split("tried with 1 of 1 connections: as it says").Length - 1);
        Assert.Contains("2 connections tried in the cluster, 0 not as expected\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("apps/web/main: curl", network.Seen);
        Assert.Contains("apps/web/istio-proxy: nc", network.Seen);
    }

    [Fact]
    public async Task A_network_that_enforces_nothing_fails_what_the_engine_says_is_denied()
    {
        var run = await TestAsync("expect:\n- {from: apps/web, to: apps/db, ports: [8080/tcp], is: deny}\n");
        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("FAILED", run.Out, StringComparison.Ordinal);
        Assert.Contains("apps/web -> apps/db 8080/tcp: it went through, and the engine says deny: nothing enforces the policies there", run.Out, StringComparison.Ordinal);
        var json = JsonNode.Parse((await TestAsync("expect:\n- {from: apps/web, to: apps/db, ports: [8080/tcp], is: deny}\n", "-o", "json")).Out)!;
        Assert.Equal("""{"from":"apps/web","to":"apps/db","protocol":"TCP","port":8080,"outcome":"allow","engine":"deny"}""", json["tests"]![0]!["live"]!["wrong"]![0]!.ToJsonString());
        Assert.Equal(1, (int)json["failed"]!);
        var mixed = await TestAsync("expect:\n- {from: apps/*, to: apps/db, ports: [8080/tcp], is: deny}\n", "-o", "json");
        var validator = SchemaValidator.Of("test-run.json");
        Assert.Empty(validator.FaultsOf(JsonDocument.Parse(mixed.Out).RootElement));
        Assert.Empty(SchemaTests.Places(SchemaValidator.Read("test-run.json"), "#").Where(p => p.Contains("/live", StringComparison.Ordinal)).Except(validator.Met));
        Assert.Contains("<failure message=\"apps/web -&gt; apps/db 8080/tcp: it went through", (await TestAsync("expect:\n- {from: apps/web, to: apps/db, ports: [8080/tcp], is: deny}\n", "-o", "junit")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_tried_is_said_with_its_reason_and_fails_only_when_asked_to()
    {
        const string Lines = "expect:\n- {from: apps/bare, to: apps/db, ports: [5432/tcp], is: deny}\n- {from: outside, to: apps/db, ports: [5432/tcp], is: deny}\n- {from: apps/web, to: apps/db, ports: [53/udp], is: deny}\n- {from: apps/web, to: apps/db, ports: [99/udp], is: deny}\n";
        network.Allows = (_, _) => false;
        var run = await TestAsync(Lines);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("no container of apps/bare has a program that tells (nc, ", run.Out, StringComparison.Ordinal);
        Assert.Contains("not tried: nothing outside the cluster can be asked to send", run.Out, StringComparison.Ordinal);
        Assert.Contains("no container of apps/web has a program that tells (nslookup, dig)", run.Out, StringComparison.Ordinal);
        Assert.Contains("UDP is tried on port 53 alone", run.Out, StringComparison.Ordinal);
        Assert.Contains("4 assertions could not be tried", run.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await TestAsync(Lines, "--strict")).Code);
    }

    [Fact]
    public async Task One_pod_stands_for_those_that_no_policy_tells_apart_and_the_number_is_kept()
    {
        network.Allows = (_, _) => false;
        var run = await TestAsync("expect:\n- {from: apps/*, to: apps/db, ports: [1-1000/tcp], is: deny}\n", "--connections", "2", "--all");
        Assert.Equal((0, ""), (run.Code, run.Error));
        // web and web-2 are alike; bare, which has no program, is another; both ends of the range.
        Assert.Contains("tried with 1 of 4 connections", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_without_the_right_to_run_commands_is_named()
    {
        network.Fails = true;
        var run = await TestAsync("expect:\n- {from: apps/web, to: apps/db, ports: [5432/tcp], is: allow}\n");
        Assert.Equal(0, run.Code);
        Assert.Contains("1 assertion could not be tried", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--live and -f", "-f", "k8s/tiers")]
    [InlineData("two places", "--lab")]
    public async Task Contradictions_are_refused(string _, params string[] more)
    {
        var run = await CliRun.Of(["test", "docs/examples/tiers.yaml", "--live", .. more]);
        Assert.Equal(2, run.Code);
        Assert.NotEmpty(run.Error);
    }

    private async Task<CliRun> TestAsync(string lines, params string[] more)
    {
        var file = Path.Combine(folder, "test.yaml");
        await File.WriteAllTextAsync(file, $"apiVersion: podwall.dev/v1\nkind: Expectations\n{lines}");
        return await CliRun.Of(["test", file, "--live", "--kubeconfig", Kubeconfig, .. more]);
    }

    private static void Pod(ObjectStore store, string name, string address, params string[] containers) => Put(store, ResourceType.Pods, "apps", name, new()
    {
        ["spec"] = new JsonObject { ["containers"] = new JsonArray([.. containers.Select(c => (JsonNode)new JsonObject { ["name"] = c, ["image"] = "any" })]) },
        ["status"] = new JsonObject { ["phase"] = "Running", ["podIP"] = address, ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address }) },
    }, name.Split('-')[0]);

    private static void Put(ObjectStore store, ResourceType type, string ns, string name, JsonObject rest, string app = "") => store.Write(type, new(ns, name), _ =>
    {
        JsonObject tree = new() { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["resourceVersion"] = "", ["labels"] = new JsonObject { ["app"] = app } } };
        foreach (var (key, value) in rest)
            tree[key] = value?.DeepClone();
        return tree;
    });

    /// <summary>Pods of which one has nothing, and the others curl in their main container; and what curl says.</summary>
    private sealed class Network : IPodRuntime
    {
        public Func<string, int, bool> Allows { get; set; } = (_, _) => true;

        public bool Fails { get; set; }

        public System.Collections.Concurrent.ConcurrentBag<string> Seen { get; } = [];

        public async Task<int> ExecAsync(PodCommand command, PodStreams streams, CancellationToken cancellation)
        {
            Seen.Add($"{command.Pod}/{command.Container}: {command.Words[0]}");
            if (Fails)
                throw new IOException("no");
            if (command is not { Container: "main", Words: ["curl", ..] } || command.Pod.Name == "bare")
                return 127;
            var target = new Uri(command.Words[^1]);
            var passes = Allows(command.Pod.Name, target.Port);
            await streams.Output.WriteAsync(Encoding.UTF8.GetBytes(passes ? "0.001" : "0.000000"), cancellation);
            return passes ? 0 : 28;
        }

        public Task<int> AttachAsync(PodCommand command, PodStreams streams, CancellationToken cancellation) => throw new NotSupportedException();

        public Task LogAsync(PodLog log, Stream output, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
