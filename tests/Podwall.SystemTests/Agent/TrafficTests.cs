using System.Net.Sockets;
using Podwall.Policy;

namespace Podwall.SystemTests.Agent;

/// <summary>What must and must not get through beside the plain first packet: sections 2 to 7 of the semantics, with real sockets.</summary>
public sealed class TrafficTests : LoadedNodeTest
{
    private const string NodeIp = KubeProxy.NodeIp, OutsideIp = "198.51.100.9";

    [Theory]
    [InlineData("10.0.0.1", NodeIp)]
    [InlineData("fd00::1", KubeProxy.NodeIp6)]
    public async Task A_pod_on_the_hosts_network_is_the_node(string server, string node)
    {
        AddPods();
        pods = [.. pods, Host.PodOf("exporter", "exporter", node) with { UsesHostNetwork = true }];
        Load(Cluster.Closed("server"), Cluster.Closed("exporter"), Cluster.Silent("exporter"), Cluster.Silent("client"));
        using var scraped = await Talk.OpenAsync(Host, "client", null, node, Stop);
        await scraped.RoundTripAsync(Stop);
        using var probe = await Talk.OpenAsync(Host, null, "server", server, Stop);
        await probe.RoundTripAsync(Stop);
        enforcer!.Look();
        Assert.Equal((0L, 0L), (Host.Metrics.Cut, Host.Metrics.Repairs));
    }

    [Fact]
    public async Task A_pod_that_is_not_ready_is_reached_by_its_node()
    {
        Load();
        Host.AddPod("fresh", 4);
        using var probe = await Talk.OpenAsync(Host, null, "fresh", "10.0.0.4", Stop);
        await probe.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.4", 7000), "unready", Stop);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    public async Task The_node_reaches_its_own_pods_and_they_answer_whatever_policies_say(string server)
    {
        Load(Cluster.Closed("server"), Cluster.Silent("server"));
        using var probe = await Talk.OpenAsync(Host, null, "server", server, Stop);
        await probe.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("client", Host.At(server, 7000), "denied_ingress", Stop);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    public async Task Everything_beyond_the_node_is_outside(string server)
    {
        Load(Cluster.OnlyFrom("server", "client"));
        await Host.ConnectDroppedAsync("outside", Host.At(server, 7000), "denied_ingress", Stop);
        Load(new NetworkPolicy(new("apps", "outside"), Selector.Everything, [new([new Peer.Network(Cidr.Parse("198.51.100.0/24"), []), new Peer.Network(Cidr.Parse("2001:db8:9::/48"), [])], [])], Egress: null));
        using var talk = await Talk.OpenAsync(Host, "outside", "server", server, Stop);
        await talk.RoundTripAsync(Stop);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::1")]
    public async Task Errors_about_what_a_pod_sent_reach_it(AddressFamily family, string server)
    {
        Load(Cluster.Closed("client"));
        using var client = Host.Udp("client", 0, family);
        await client.ConnectAsync(Host.At(server, 9), Stop);
        await client.SendAsync("x"u8.ToArray(), Stop);
        // Nobody listens there: the refusal comes as ICMP.
        var refused = await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[10], Stop));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::1")]
    public async Task Fragments_share_the_fate_of_their_packet(AddressFamily family, string server)
    {
        const int Large = 5_000;
        Load(Cluster.OnlyFrom("server", "client"));
        using var receiver = Host.Udp("server", 7000, family);
        using var client = Host.Udp("client", 7001, family);
        using var stranger = Host.Udp("stranger", 7001, family);
        await client.SendToAsync(new byte[Large], Host.At(server, 7000), Stop);
        Assert.Equal(Large, await receiver.ReceiveAsync(new byte[2 * Large], Stop));
        await Host.SendDroppedAsync(stranger, Host.At(server, 7000), "denied_ingress", Stop, Large);
        Assert.Equal(0, receiver.Available);
    }

    [Theory]
    [InlineData("10.0.0.3", AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData(NodeIp, AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData("10.0.0.99", AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData("fd00::3", AddressFamily.InterNetworkV6, "fd00::1")]
    [InlineData("2001:db8::1", AddressFamily.InterNetworkV6, "fd00::1")]
    public async Task A_pod_that_lends_itself_an_address_is_not_believed(string claimed, AddressFamily family, string server)
    {
        Load();
        Host.AddAddress("client", claimed);
        using var liar = Host.On("client", () => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
        liar.Bind(Host.At(claimed, 0));
        await Host.SendDroppedAsync(liar, Host.At(server, 7000), "spoofed", Stop);
    }

    [Fact]
    public async Task From_outside_nobody_is_a_pod_of_this_node()
    {
        Load();
        Host.AddAddress("outside", "10.0.0.3");
        using var liar = Host.On("outside", () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        liar.Bind(Host.At("10.0.0.3", 0));
        await Host.SendDroppedAsync(liar, Host.At("10.0.0.1", 7000), "spoofed", Stop);
    }

    [Fact]
    public async Task Answers_flow_against_the_direction_of_policy()
    {
        Load(Cluster.Closed("client"), Cluster.Silent("server"));
        using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("server", Host.At("10.0.0.2", 7000), "denied_egress", Stop);
    }

    [Fact]
    public async Task Hundreds_of_pods_are_told_apart_by_packets()
    {
        const int Servers = 200, Clients = 20, Apps = 20;
        Load();
        string[] servers = [.. Enumerable.Range(0, Servers).Select(i => $"10.1.0.{i}")], clients = [.. Enumerable.Range(0, Clients).Select(i => $"10.2.0.{i}")];
        Host.AddAddresses("server", servers);
        Host.AddAddresses("client", clients);
        pods = [.. servers.Select((a, i) => Host.PodOf($"server-{i}", $"app-{i % Apps}", a)), .. clients.Select((a, i) => Host.PodOf($"client-{i}", $"app-{i % Apps}", a))];
        var state = Cluster.Of(pods, [.. Enumerable.Range(0, Apps).Select(a => Cluster.OnlyFrom($"app-{a}", $"app-{(a + 1) % Apps}"))]);
        enforcer!.Settle(state);
        using var receiver = Host.Udp("server", 7000);
        receiver.ReceiveBufferSize = 1 << 22;
        foreach (var (from, client) in clients.Index())
        {
            using var sender = Host.On("client", () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            sender.Bind(Host.At(client, 7001));
            foreach (var (to, server) in servers.Index())
                await sender.SendToAsync((byte[])[(byte)from, (byte)to], Host.At(server, 7000), Stop);
        }

        var wanted = clients.Index().SelectMany(f => servers.Index().Where(t => (t.Index % Apps + 1) % Apps == f.Index % Apps).Select(t => (f.Index, t.Index))).ToHashSet();
        Assert.Equal(Servers, wanted.Count);
        HashSet<(int, int)> came = [];
        for (var room = new byte[10]; came.Count < wanted.Count;)
        {
            await receiver.ReceiveAsync(room, Stop);
            came.Add((room[0], room[1]));
        }

        Assert.Equal(wanted, came);
        Assert.Equal((ulong)(Servers * Clients - wanted.Count), Host.Dropped("denied_ingress"));
    }

    [Fact]
    public void Hundreds_of_pods_are_in_force_at_once()
    {
        Load();
        Pod[] pods = [.. Enumerable.Range(0, 400).Select(i => Host.PodOf($"pod-{i}", $"app-{i % 20}", $"10.1.{i / 250}.{i % 250}", $"fd01::{i:x}"))];
        enforcer!.Settle(Cluster.Of(pods, [.. Enumerable.Range(0, 20).Select(a => Cluster.OnlyFrom($"app-{a}", $"app-{(a + 1) % 20}"))]));
        Assert.True(enforcer!.IsInForce, Host.Log.ToString());
        enforcer!.Look();
        Assert.Equal((0L, 0L), (Host.Metrics.Failures, Host.Metrics.Repairs));
        Assert.Equal(400, enforcer!.Contents[Podwall.Nftables.Model.Maps.Instance.SubjectIngress[IpFamily.V4]].Count);
    }
}
