using System.Net;
using System.Net.Sockets;
using Podwall.Policy;
using Podwall.SystemTests.Packets;

namespace Podwall.SystemTests.Agent;

/// <summary>What must and must not get through beside the plain first packet: sections 2 to 7 of the semantics, with real sockets.</summary>
[Collection(KernelCollection.Name)]
public sealed class TrafficTests : IDisposable
{
    private const string ClusterIp = "10.96.0.10", NodeIp = "192.0.2.1", OutsideIp = "198.51.100.9";

    // What kube-proxy sets up for one service in its iptables and in its nftables mode: the same hooks, the same order.
    private const string KubeProxy = """
        table ip kube-proxy {
          chain services {
            ip daddr 10.96.0.10 tcp dport 80 goto endpoint
            ip daddr 192.0.2.1 tcp dport 30080 goto external
          }
          chain external {
            meta mark set mark or 0x4000
            goto endpoint
          }
          chain endpoint {
            ip saddr 10.0.0.1 meta mark set mark or 0x4000
            meta l4proto tcp dnat to 10.0.0.1:7000
          }
          chain nat-prerouting {
            type nat hook prerouting priority -100
            jump services
          }
          chain nat-output {
            type nat hook output priority -100
            jump services
          }
          chain nat-postrouting {
            type nat hook postrouting priority 100
            meta mark and 0x4000 == 0 return
            meta mark set mark xor 0x4000
            masquerade fully-random
          }
        }
        """;

    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
    private Host host = null!;
    private Podwall.Agent.Enforcer enforcer = null!;

    private CancellationToken Stop => limit.Token;

    public void Dispose()
    {
        enforcer?.Dispose();
        host?.Dispose();
        limit.Dispose();
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    public async Task The_node_reaches_its_own_pods_and_they_answer_whatever_policies_say(string server)
    {
        Load(Cluster.Closed("server"), Cluster.Silent("server"));
        using var probe = await Talk.OpenAsync(host, null, "server", server, Stop);
        await probe.RoundTripAsync(Stop);
        await host.ConnectDroppedAsync("client", Host.At(server, 7000), "denied_ingress", Stop);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    public async Task Everything_beyond_the_node_is_outside(string server)
    {
        Load(Cluster.OnlyFrom("server", "client"));
        await host.ConnectDroppedAsync("outside", Host.At(server, 7000), "denied_ingress", Stop);
        Load(new NetworkPolicy(new("apps", "outside"), Selector.Everything, [new([new Peer.Network(Cidr.Parse("198.51.100.0/24"), []), new Peer.Network(Cidr.Parse("2001:db8:9::/48"), [])], [])], Egress: null));
        using var talk = await Talk.OpenAsync(host, "outside", "server", server, Stop);
        await talk.RoundTripAsync(Stop);
    }

    [Fact]
    public async Task A_pod_reaches_itself_directly_and_through_a_service()
    {
        Load(Cluster.Closed("server"), Cluster.Silent("server"));
        using var listener = host.Listen("server", 7000);
        using var direct = await Talk.OpenAsync(host, "server", listener, Host.At("10.0.0.1", 7000), Stop);
        await direct.RoundTripAsync(Stop);
        using var hairpin = await Talk.OpenAsync(host, "server", listener, Host.At(ClusterIp, 80), Stop);
        await hairpin.RoundTripAsync(Stop);
    }

    [Fact]
    public async Task Policy_judges_a_service_by_the_pods_behind_it()
    {
        Load(Cluster.OnlyFrom("server", "client"));
        using var listener = host.Listen("server", 7000);
        using var allowed = await Talk.OpenAsync(host, "client", listener, Host.At(ClusterIp, 80), Stop);
        await allowed.RoundTripAsync(Stop);
        await host.ConnectDroppedAsync("stranger", Host.At(ClusterIp, 80), "denied_ingress", Stop);
        // A connection through a service is cut as any other.
        Enforce(Cluster.Closed("server"));
        Assert.Equal(1, host.Metrics.Cut);
        var before = host.Dropped("cut");
        await allowed.Server.SendAsync("pushed"u8.ToArray(), Stop);
        while (host.Dropped("cut") == before)
            await Task.Yield();
        Assert.Equal(0, allowed.Client.Available);
    }

    [Fact]
    public async Task Policy_sees_who_came_to_a_node_port()
    {
        Load(new NetworkPolicy(new("apps", "outside"), Selector.Everything, [new([new Peer.Network(Cidr.Parse($"{OutsideIp}/32"), [])], [])], Egress: null));
        using var listener = host.Listen("server", 7000);
        using var talk = await Talk.OpenAsync(host, "outside", listener, Host.At(NodeIp, 30080), Stop);
        await talk.RoundTripAsync(Stop);
        // The pod sees the node's address; policy saw the client's.
        Assert.NotEqual(OutsideIp, ((IPEndPoint)talk.Server.RemoteEndPoint!).Address.ToString());
        Enforce(Cluster.Closed("server"));
        await host.ConnectDroppedAsync("outside", Host.At(NodeIp, 30080), "denied_ingress", Stop);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::1")]
    public async Task Errors_about_what_a_pod_sent_reach_it(AddressFamily family, string server)
    {
        Load(Cluster.Closed("client"));
        using var client = host.Udp("client", 0, family);
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
        using var receiver = host.Udp("server", 7000, family);
        using var client = host.Udp("client", 7001, family);
        using var stranger = host.Udp("stranger", 7001, family);
        await client.SendToAsync(new byte[Large], Host.At(server, 7000), Stop);
        Assert.Equal(Large, await receiver.ReceiveAsync(new byte[2 * Large], Stop));
        await host.SendDroppedAsync(stranger, Host.At(server, 7000), "denied_ingress", Stop, Large);
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
        host.AddAddress("client", claimed);
        using var liar = host.On("client", () => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
        liar.Bind(Host.At(claimed, 0));
        await host.SendDroppedAsync(liar, Host.At(server, 7000), "spoofed", Stop);
    }

    [Fact]
    public async Task From_outside_nobody_is_a_pod_of_this_node()
    {
        Load();
        host.AddAddress("outside", "10.0.0.3");
        using var liar = host.On("outside", () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        liar.Bind(Host.At("10.0.0.3", 0));
        await host.SendDroppedAsync(liar, Host.At("10.0.0.1", 7000), "spoofed", Stop);
    }

    [Fact]
    public async Task Answers_flow_against_the_direction_of_policy()
    {
        Load(Cluster.Closed("client"), Cluster.Silent("server"));
        using var talk = await Talk.OpenAsync(host, "client", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
        await host.ConnectDroppedAsync("server", Host.At("10.0.0.2", 7000), "denied_egress", Stop);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::1")]
    public async Task Pods_on_a_bridge_are_governed_too(AddressFamily family, string server)
    {
        Load(Cluster.OnlyFrom("server", "client"));
        host.Bridge($"{Host.Prefix}-br", "server", "client", "stranger");
        using var talk = await Talk.OpenAsync(host, "client", "server", server, Stop);
        await talk.RoundTripAsync(Stop);
        await host.ConnectDroppedAsync("stranger", Host.At(server, 7000), "denied_ingress", Stop);
        using (var probe = await Talk.OpenAsync(host, null, "server", server, Stop))
            await probe.RoundTripAsync(Stop);
        Enforce(Cluster.Closed("server"));
        Assert.Equal(1, host.Metrics.Cut);
        using var client = host.Udp("client", 7009, family);
        await host.SendDroppedAsync(client, Host.At(server, 7000), "denied_ingress", Stop);
    }

    [Fact]
    public void Hundreds_of_pods_are_in_force_at_once()
    {
        Load();
        Pod[] pods = [.. Enumerable.Range(0, 400).Select(i => Host.PodOf($"pod-{i}", $"app-{i % 20}", $"10.1.{i / 250}.{i % 250}", $"fd01::{i:x}"))];
        enforcer.Settle(Cluster.Of(pods, [.. Enumerable.Range(0, 20).Select(a => Cluster.OnlyFrom($"app-{a}", $"app-{(a + 1) % 20}"))]));
        Assert.True(enforcer.IsInForce, host.Log.ToString());
        enforcer.Look();
        Assert.Equal((0L, 0L), (host.Metrics.Failures, host.Metrics.Repairs));
        Assert.Equal(400, enforcer.Contents[Podwall.Nftables.Model.Maps.Instance.SubjectIngress[IpFamily.V4]].Count);
    }

    private Pod[] pods = [];

    private void Load(params NetworkPolicy[] policies)
    {
        Sandbox.Require();
        if (host is null)
        {
            host = new();
            pods = [host.AddPod("server", 1), host.AddPod("client", 2), host.AddPod("stranger", 3)];
            enforcer = host.NewEnforcer();
            enforcer.Start();
            host.Nft(KubeProxy);
        }

        Enforce(policies);
    }

    private void Enforce(params NetworkPolicy[] policies) => enforcer.Settle(Cluster.Of(pods, policies));
}
