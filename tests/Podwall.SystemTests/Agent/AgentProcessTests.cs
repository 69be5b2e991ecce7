using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Store;
using Podwall.Tests;

namespace Podwall.SystemTests.Agent;

/// <summary>The agent as users run it.</summary>
public sealed class AgentProcessTests : NodeTest
{
    private const string Deny = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: default-deny-ingress, namespace: apps}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("podwall-agent").FullName;

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_directory_of_manifests_is_enforced_through_crash_and_restart()
    {
        Prepare();
        await File.WriteAllTextAsync(Path.Combine(folder, "pods.yaml"), $"{PodYaml("server", 1)}---\n{PodYaml("client", 2)}", Stop);
        using var counters = Host.NewEnforcer();
        using (var agent = AgentProcess.Run(Host, "--manifests", folder))
        {
            await agent.SaysAsync("policies are in force", Stop);
            using (var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop))
            {
                await talk.RoundTripAsync(Stop);
                await File.WriteAllTextAsync(Path.Combine(folder, "deny.yaml"), Deny, Stop);
                await agent.SaysAsync("connections that policy no longer allows were cut", Stop);
            }

            await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "denied_ingress", Stop);
            agent.Crash();
        }

        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "denied_ingress", Stop);
        using var next = AgentProcess.Run(Host, "--manifests", folder);
        await next.SaysAsync("earlier agent stay in force", Stop);
        await next.SaysAsync("policies are in force", Stop);
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "denied_ingress", Stop);
        Assert.Contains("equal", Agent("verify", "--manifests", folder, "--node-name", Host.NodeName, "--pod-interface", $"{Host.Prefix}*"), StringComparison.Ordinal);
        Assert.Contains("apps/server  10.0.0.1\n  ingress  nothing", Agent("dump", "--manifests", folder), StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "deny.yaml"));
        using var again = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        await again.RoundTripAsync(Stop);
        // What cannot be read changes nothing.
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.yaml"), "kind: [", Stop);
        await next.SaysAsync("nothing is changed", Stop);
        await again.RoundTripAsync(Stop);
        Assert.Equal(0, await next.StopAsync(Stop));
        await again.RoundTripAsync(Stop);
        // What is not what it should be is named; what is somebody else's stays.
        Host.Nft("add element inet podwall ready4 { 10.0.0.77 }; add table inet other");
        var (found, said) = Result("verify", "--manifests", Path.Combine(folder, "pods.yaml"), "--node-name", Host.NodeName, "--pod-interface", $"{Host.Prefix}*");
        Assert.Equal(1, found);
        Assert.Contains("10.0.0.77", said, StringComparison.Ordinal);
        Agent("cleanup");
        Assert.Equal("table inet other\n", Host.Node("nft", "list", "tables"));
    }

    [Fact]
    public async Task It_needs_the_right_to_configure_the_network_and_no_other()
    {
        Prepare();
        await File.WriteAllTextAsync(Path.Combine(folder, "pods.yaml"), $"{PodYaml("server", 1)}---\n{PodYaml("client", 2)}---\n{Deny}", Stop);
        using (var without = Host.Start(["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", .. AgentProcess.Command("run", "--manifests", folder, "--node-name", Host.NodeName, "--pod-interface", $"{Host.Prefix}*")]))
        {
            var said = await without.StandardError.ReadToEndAsync(Stop);
            await without.WaitForExitAsync(Stop);
            Assert.Equal(2, without.ExitCode);
            Assert.Contains("CAP_NET_ADMIN is missing", said, StringComparison.Ordinal);
            Assert.Equal("", Host.Node("nft", "list", "tables"));
        }

        using var counters = Host.NewEnforcer();
        using var agent = AgentProcess.RunOf(Host, ["setpriv", "--bounding-set=-all,+net_admin", "--inh-caps=-all", .. AgentProcess.Command()], "--manifests", folder);
        await agent.SaysAsync("policies are in force", Stop);
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "denied_ingress", Stop);
    }

    [Fact]
    public void The_first_example_shows_how_a_packet_stops()
    {
        Sandbox.Require();
        var shown = Sandbox.Command("bash", [Checkout.At("examples", "node", "demo")]).Split('\n');
        Assert.Contains("client -> web:80   arrives", shown[1], StringComparison.Ordinal);
        Assert.Contains("client -> web:80   is dropped", shown[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_published_file_does_the_same()
    {
        Prepare();
        Assert.SkipUnless(File.Exists(Programs.Published("podwall-agent")), "podwall-agent is not published; eng/publish does it");
        Assert.InRange(new FileInfo(Programs.Published("podwall-agent")).Length, 1, 15_000_000);
        await File.WriteAllTextAsync(Path.Combine(folder, "pods.yaml"), $"{PodYaml("server", 1)}---\n{PodYaml("client", 2)}", Stop);
        using var counters = Host.NewEnforcer();
        using var agent = AgentProcess.RunOf(Host, [Programs.Published("podwall-agent")], "--manifests", folder, "--metrics-address", "127.0.0.1:9790");
        await agent.SaysAsync("policies are in force", Stop);
        using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "deny.yaml"), Deny, Stop);
        await agent.SaysAsync("connections that policy no longer allows were cut", Stop);
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "denied_ingress", Stop);
        Assert.Contains("podwall_connections_cut_total 1", await AskAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(0, await agent.StopAsync(Stop));
    }

    [Fact]
    public async Task Whether_it_lives_and_is_ready_is_answered_whoever_else_asks_slowly()
    {
        Prepare();
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.yaml"), "kind: [", Stop);
        using var agent = AgentProcess.Run(Host, "--manifests", folder, "--metrics-address", "127.0.0.1:9790");
        await agent.SaysAsync("nothing is changed", Stop);
        using var slow = Host.Tcp(null);
        await slow.ConnectAsync(Host.At("127.0.0.1", 9790), Stop);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync("/livez"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 503", await AskAsync("/readyz"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await AskAsync("/nothing"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.yaml"), $"{PodYaml("server", 1)}---\n{PodYaml("client", 2)}---\n{Deny}", Stop);
        await agent.SaysAsync("policies are in force", Stop);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync("/readyz"), StringComparison.Ordinal);
        using var counters = Host.NewEnforcer();
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "denied_ingress", Stop);
        var metrics = await AskAsync("/metrics");
        foreach (var line in (string[])["podwall_apply_seconds_count 1", "podwall_dropped_packets_total{reason=\"denied_ingress\"}", "podwall_elements{map=\"ready4\"} 2", "podwall_repairs_total 0"])
            Assert.Contains(line, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_say_what_options_say_and_of_a_family_that_is_not_in_use_nothing_passes()
    {
        Prepare();
        await File.WriteAllTextAsync(Path.Combine(folder, "pods.yaml"), $"{PodYaml("server", 1)}---\n{PodYaml("client", 2)}", Stop);
        using var counters = Host.NewEnforcer();
        using var agent = AgentProcess.RunWith(Host, ("NODE_NAME", Host.NodeName), ("POD_INTERFACES", $"{Host.Prefix}*"), ("MANIFESTS", folder), ("FAMILIES", "ipv4"), ("METRICS_ADDRESS", "127.0.0.1:9790"), ("RESYNC", "1"));
        await agent.SaysAsync("policies are in force", Stop);
        using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("client", Host.At("fd00::1", 7000), "unready", Stop);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync("/readyz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_bridge_passes_no_filter_is_not_ready()
    {
        Prepare();
        Host.Bridge($"{Host.Prefix}br", "server", "client");
        await File.WriteAllTextAsync(Path.Combine(folder, "pods.yaml"), $"{PodYaml("server", 1)}---\n{PodYaml("client", 2)}", Stop);
        using var agent = AgentProcess.Run(Host, "--manifests", folder, "--metrics-address", "127.0.0.1:9790");
        await agent.SaysAsync("policies are in force", Stop);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync("/readyz"), StringComparison.Ordinal);
        Host.Node("sh", "-c", "echo 0 > /proc/sys/net/bridge/bridge-nf-call-ip6tables");
        await agent.SaysAsync("policies are not true on this node", Stop);
        Assert.Contains("bridge-nf-call-ip6tables is 0", await AskAsync("/readyz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_server_that_goes_away_changes_nothing_and_is_followed_when_it_is_back()
    {
        Prepare();
        using var counters = Host.NewEnforcer();
        var socket = Path.Combine(folder, "api.sock");
        ObjectStore store = new();
        Put(store, ResourceType.Namespaces, "", "apps", new() { ["metadata"] = new JsonObject { ["name"] = "apps" } });
        foreach (var (name, number) in ((string, int)[])[("server", 1), ("client", 2)])
            Put(store, ResourceType.Pods, "apps", name, new()
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "apps", ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject { ["nodeName"] = Host.NodeName },
                ["status"] = new JsonObject { ["phase"] = "Running", ["podIP"] = $"10.0.0.{number}" },
            });
        AgentProcess agent;
        await using (await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }, Stop))
        {
            agent = AgentProcess.Run(Host, "--api-socket", socket);
            await agent.SaysAsync("policies are in force", Stop);
        }

        using (agent)
        {
            using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
            await talk.RoundTripAsync(Stop);
            Put(store, ResourceType.NetworkPolicies, "apps", "deny", new()
            {
                ["metadata"] = new JsonObject { ["name"] = "deny", ["namespace"] = "apps" },
                ["spec"] = new JsonObject { ["podSelector"] = new JsonObject(), ["policyTypes"] = new JsonArray("Ingress") },
            });
            await using var back = await ApiServer.StartAsync(new() { Store = store, UnixSocket = socket }, Stop);
            await agent.SaysAsync("connections that policy no longer allows were cut", Stop);
            await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "denied_ingress", Stop);
            // The kernel tells of a pod that goes before any API server does.
            Host.RemovePod("server");
            await agent.SaysAsync("its pod's cable has gone", Stop);
            Host.AddPod("heir", 1);
            await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7001), "unready", Stop);
        }
    }

    [Theory]
    [InlineData("run --pod-cidr nonsense", "--pod-cidr 'nonsense'")]
    [InlineData("run --pod-interface ve*th", "only at the end")]
    [InlineData("run --manifests /no/such/directory", "/no/such/directory")]
    [InlineData("close", "--pod-interface or --pod-cidr")]
    [InlineData("dump", "holds no table")]
    [InlineData("run --resync 0", "--resync")]
    [InlineData("run --metrics-address here --manifests /", "no address with a port")]
    [InlineData("nothing", "nothing")]
    public void What_is_wrong_with_a_command_is_said_in_a_line(string line, string said)
    {
        using var process = Host.Start(AgentProcess.Command(line.Split(' ')));
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(2, process.ExitCode);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Close_closes_and_leaves_a_table_in_force_alone()
    {
        string[] close = ["close", "--pod-interface", $"{Host.Prefix}*"];
        Assert.Contains("closed until an agent runs", Agent(close), StringComparison.Ordinal);
        Assert.Contains("left as it is", Agent(close), StringComparison.Ordinal);
        Assert.Contains("nothing stands in the way", Agent("doctor", "--pod-interface", $"{Host.Prefix}*"), StringComparison.Ordinal);
        Host.Nft("add table ip filter; add chain ip filter KUBE-ROUTER-FORWARD");
        var (found, said) = Result("doctor", "--pod-interface", $"{Host.Prefix}*");
        Assert.Equal(1, found);
        Assert.Contains("kube-router enforces policies on this node too", said, StringComparison.Ordinal);
    }

    private void Prepare()
    {
        Host.AddPod("server", 1);
        Host.AddPod("client", 2);
    }

    private async Task<string> AskAsync(string path)
    {
        using var asking = Host.Tcp(null);
        await asking.ConnectAsync(Host.At("127.0.0.1", 9790), Stop);
        await asking.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n"), Stop);
        using StreamReader answer = new(new NetworkStream(asking));
        return await answer.ReadToEndAsync(Stop);
    }

    private (int ExitCode, string Output) Result(params string[] arguments)
    {
        using var process = Host.Start(AgentProcess.Command(arguments));
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private string Agent(params string[] arguments) => Host.Node(AgentProcess.Command(arguments));

    private static void Put(ObjectStore store, ResourceType type, string ns, string name, JsonObject tree) => store.Write(type, new(ns, name), _ => tree);

    private static string PodYaml(string name, int number) => $"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {name}
          namespace: apps
        spec:
          nodeName: {Host.NodeName}
          containers:
          - name: main
            image: any
        status:
          phase: Running
          podIP: 10.0.0.{number}

        """;
}
