using System.Net;
using System.Net.Sockets;
using Podwall.Policy;
using Podwall.SystemTests.Packets;

namespace Podwall.SystemTests.Agent;

/// <summary>What holds while things change: section 8 of the semantics, with real sockets.</summary>
[Collection(KernelCollection.Name)]
public sealed class TimeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource limit = new(Patience);
    private Host host = null!;

    private CancellationToken Stop => limit.Token;

    public void Dispose()
    {
        host?.Dispose();
        limit.Dispose();
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task A_pod_that_appears_is_closed_until_its_policies_are_in_force(AddressFamily family)
    {
        Require();
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        var (server, client) = (host.AddPod("server", 1), host.AddPod("client", 2));
        using var receiver = host.Udp("server", 7000, family);
        using var sender = host.Udp("client", 7001, family);
        var to = Host.At(family == AddressFamily.InterNetwork ? "10.0.0.1" : "fd00::1", 7000);
        await SendDroppedAsync(sender, to, "unready");
        enforcer.Settle(Cluster.Of([server]));
        // The client is not known yet.
        await SendDroppedAsync(sender, to, "unready");
        enforcer.Settle(Cluster.Of([server, client]));
        await sender.SendToAsync("x"u8.ToArray(), to, Stop);
        Assert.Equal(1, await receiver.ReceiveAsync(new byte[10], Stop));
    }

    [Fact]
    public async Task Allowed_connections_outlive_updates_looks_and_restarts()
    {
        Require();
        Pod[] pods = [host.AddPod("server", 1), host.AddPod("client", 2), host.AddPod("other", 3)];
        var enforcer = host.NewEnforcer();
        enforcer.Start();
        var before = Cluster.Of(pods, Cluster.OnlyFrom("server", "client"));
        enforcer.Settle(before);
        using var talk = await Talk.OpenAsync(host, "client", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
        enforcer.Settle(Cluster.Of(pods, Cluster.OnlyFrom("server", "client"), Cluster.Closed("other"), Cluster.Closed("client")));
        await talk.RoundTripAsync(Stop);
        enforcer.Look();
        enforcer.Dispose();
        await talk.RoundTripAsync(Stop);
        using var next = host.NewEnforcer();
        next.Start();
        await talk.RoundTripAsync(Stop);
        next.Settle(before);
        await talk.RoundTripAsync(Stop);
        Assert.Equal(0, host.Metrics.Cut);
        Assert.Contains("earlier agent stay in force", host.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_connection_is_cut_though_the_server_pushes_and_an_idle_allowed_one_is_not()
    {
        Require();
        Pod[] pods = [host.AddPod("server", 1), host.AddPod("client", 2), host.AddPod("friend", 3)];
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        using var idle = await Talk.OpenAsync(host, "friend", "server", "10.0.0.1", Stop, 7002);
        await idle.RoundTripAsync(Stop);
        using var pushed = await Talk.OpenAsync(host, "client", "server", "10.0.0.1", Stop);
        await pushed.RoundTripAsync(Stop);
        enforcer.Settle(Cluster.Of(pods, Cluster.OnlyFrom("server", "friend")));
        Assert.Equal(1, host.Metrics.Cut);
        // The kernel of the server sends and sends again; each try must be dropped.
        var before = host.Dropped("cut");
        await pushed.Server.SendAsync("pushed"u8.ToArray(), Stop);
        while (host.Dropped("cut") < before + 2)
            await Task.Yield();
        Assert.Equal(0, pushed.Client.Available);
        await idle.RoundTripAsync(Stop);
        // Allowed again, it is judged anew, and the waiting data comes through.
        enforcer.Settle(Cluster.Of(pods));
        Assert.Equal(6, await pushed.Client.ReceiveAsync(new byte[100], Stop));
    }

    [Fact]
    public async Task A_denied_datagram_flow_is_cut_in_both_directions()
    {
        Require();
        Pod[] pods = [host.AddPod("server", 1), host.AddPod("client", 2)];
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        using var server = host.Udp("server", 7000);
        using var client = host.Udp("client", 7001);
        var (toServer, toClient) = (Host.At("10.0.0.1", 7000), Host.At("10.0.0.2", 7001));
        await client.SendToAsync("x"u8.ToArray(), toServer, Stop);
        await server.ReceiveAsync(new byte[10], Stop);
        await server.SendToAsync("x"u8.ToArray(), toClient, Stop);
        await client.ReceiveAsync(new byte[10], Stop);
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        // The server may open flows of its own, but not this one, or the answers of the client would come in with it.
        await SendDroppedAsync(server, toClient, "cut");
        await SendDroppedAsync(client, toServer, "cut");
        using var fresh = host.Udp("server", 7005);
        await fresh.SendToAsync("x"u8.ToArray(), toClient, Stop);
        Assert.Equal(1, await client.ReceiveAsync(new byte[10], Stop));
    }

    [Fact]
    public async Task An_address_inherits_nothing_from_its_last_pod()
    {
        Require();
        Pod[] pods = [host.AddPod("server", 1), host.AddPod("client", 2)];
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        using var client = host.Udp("client", 7001);
        using (var server = host.Udp("server", 7000))
        {
            await client.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.1", 7000), Stop);
            await server.ReceiveAsync(new byte[10], Stop);
            await server.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.2", 7001), Stop);
        }

        host.RemovePod("server");
        var heir = host.AddPod("heir", 1);
        enforcer.Settle(Cluster.Of([heir, pods[1]], Cluster.Closed("heir")));
        Assert.DoesNotContain(host.Conntrack.Read(), c => c.Holds(a => a == heir.Addresses[0]));
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "denied_ingress");
    }

    [Theory]
    [InlineData("delete table inet podwall")]
    [InlineData("flush chain inet podwall v4_ingress")]
    [InlineData("insert rule inet podwall postrouting accept")]
    [InlineData("flush map inet podwall subject_in4")]
    [InlineData("add element inet podwall ready4 { 10.0.0.77 }")]
    [InlineData("add table inet podwall { flags dormant; }")]
    public async Task What_somebody_else_does_to_the_table_is_mended_and_counted(string deed)
    {
        Require();
        Pod[] pods = [host.AddPod("server", 1), host.AddPod("client", 2)];
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        using var client = host.Udp("client", 7001);
        host.Nft(deed);
        enforcer.Look();
        Assert.Equal(1, host.Metrics.Repairs);
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "denied_ingress");
        enforcer.Look();
        Assert.Equal(1, host.Metrics.Repairs);
    }

    [Fact]
    public async Task Restarts_change_no_verdict_at_any_instant()
    {
        Require();
        Pod[] pods = [host.AddPod("server", 1), host.AddPod("client", 2), host.AddPod("stranger", 3)];
        var state = Cluster.Of(pods, Cluster.OnlyFrom("server", "client"));
        using (var first = host.NewEnforcer())
        {
            first.Start();
            first.Settle(state);
        }

        using var server = host.Udp("server", 7000);
        server.ReceiveBufferSize = 1 << 20;
        using var client = host.Udp("client", 7001);
        using var stranger = host.Udp("stranger", 7001);
        var to = Host.At("10.0.0.1", 7000);
        var (sent, restarts) = (0, 0);
        using PeriodicTimer each = new(TimeSpan.FromMilliseconds(1));
        var restarting = Task.Run(
            () =>
            {
                for (; restarts < 20; restarts++)
                    using (var enforcer = host.NewEnforcer())
                    {
                        enforcer.Start();
                        enforcer.Settle(state);
                    }
            }, Stop);
        while (!restarting.IsCompleted && await each.WaitForNextTickAsync(Stop))
        {
            await client.SendToAsync("a"u8.ToArray(), to, Stop);
            await stranger.SendToAsync("d"u8.ToArray(), to, Stop);
            sent++;
        }

        await restarting;
        var buffer = new byte[10];
        for (var i = 0; i < sent; i++)
        {
            Assert.Equal(1, await server.ReceiveAsync(buffer, Stop));
            Assert.Equal((byte)'a', buffer[0]);
        }

        using var reader = host.NewEnforcer();
        Assert.Equal((ulong)sent, host.Dropped("denied_ingress"));
    }

    [Fact]
    public void More_than_one_batch_can_hold_is_loaded_closed_and_then_opened()
    {
        Require();
        var local = host.AddPod("server", 1);
        var peers = Enumerable.Range(0, 30_000).Select(i => Host.PodOf($"peer-{i}", "peer", $"10.{64 + i / 65536}.{i / 256 % 256}.{i % 256}") with { Node = "elsewhere" });
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of([local, .. peers], Cluster.OnlyFrom("server", "peer")));
        Assert.True(enforcer.IsInForce, host.Log.ToString());
        Assert.Equal(0, host.Metrics.Failures);
        Assert.Equal(30_000, enforcer.Contents[Podwall.Nftables.Model.Maps.Instance.Peer[IpFamily.V4]].Count);
        enforcer.Look();
        Assert.Equal(0, host.Metrics.Repairs);
    }

    private void Require()
    {
        Sandbox.Require();
        host = new();
    }

    private Task SendDroppedAsync(Socket sender, IPEndPoint to, string reason) => host.SendDroppedAsync(sender, to, reason, Stop);
}
