using Podwall.Policy;
using Podwall.Tests;

namespace Podwall.SystemTests.Agent;

/// <summary>What was allowed and is denied ends, and nothing else does, with real sockets.</summary>
public sealed class CutTests : NodeTest
{
    [Fact]
    public async Task A_denied_connection_is_cut_though_the_server_pushes_and_an_idle_allowed_one_is_not()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("friend", 3)];
        using var enforcer = Host.Enforcing(pods);
        using var idle = await Talk.OpenAsync(Host, "friend", "server", "10.0.0.1", Stop, 7002);
        await idle.RoundTripAsync(Stop);
        using var pushed = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        await pushed.RoundTripAsync(Stop);
        enforcer.Settle(Cluster.Of(pods, Cluster.OnlyFrom("server", "friend")));
        Assert.Equal(1, Host.Metrics.Cut);
        // The kernel of the server sends and sends again; each try must be dropped.
        var before = Host.Dropped("cut");
        await pushed.Server.SendAsync("pushed"u8.ToArray(), Stop);
        while (Host.Dropped("cut") < before + 2)
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
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.Enforcing(pods);
        using var server = Host.Udp("server", 7000);
        using var client = Host.Udp("client", 7001);
        var (toServer, toClient) = (Host.At("10.0.0.1", 7000), Host.At("10.0.0.2", 7001));
        await client.SendToAsync("x"u8.ToArray(), toServer, Stop);
        await server.ReceiveAsync(new byte[10], Stop);
        await server.SendToAsync("x"u8.ToArray(), toClient, Stop);
        await client.ReceiveAsync(new byte[10], Stop);
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        // The server may open flows of its own, but not this one, or the answers of the client would come in with it.
        await SendDroppedAsync(server, toClient, "cut");
        await SendDroppedAsync(client, toServer, "cut");
        using var fresh = Host.Udp("server", 7005);
        await fresh.SendToAsync("x"u8.ToArray(), toClient, Stop);
        Assert.Equal(1, await client.ReceiveAsync(new byte[10], Stop));
    }

    [Fact]
    public async Task What_was_cut_is_lifted_by_the_next_agent_too()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using (var enforcer = Host.NewEnforcer())
        {
            enforcer.Start();
            enforcer.Settle(Cluster.Of(pods));
            await TalkOverUdpAsync();
            enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        }

        using var next = Host.NewEnforcer();
        next.Start();
        next.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        using (var client = Host.Udp("client", 7001))
            await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "cut");
        next.Settle(Cluster.Of(pods));
        await TalkOverUdpAsync();
    }

    [Fact]
    public async Task What_was_cut_is_lifted_by_a_change_that_only_allows()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("friend", 3)];
        using var enforcer = Host.Enforcing(pods);
        await TalkOverUdpAsync();
        enforcer.Settle(Cluster.Of(pods, Cluster.OnlyFrom("server", "friend")));
        using (var client = Host.Udp("client", 7001))
            await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "cut");
        enforcer.Settle(Cluster.Of([pods[0], pods[1] with { Labels = Labels.Of(("app", "friend")) }, pods[2]], Cluster.OnlyFrom("server", "friend")));
        await TalkOverUdpAsync();
    }

    [Fact]
    public async Task What_is_allowed_again_passes_though_its_packets_came_all_the_while()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.Enforcing(pods);
        using var server = Host.Udp("server", 7000);
        using var client = Host.Udp("client", 7001);
        using CancellationTokenSource enough = new();
        var target = Host.At("10.0.0.1", 7000);
        var sending = Task.Factory.StartNew(() =>
        {
            while (!enough.IsCancellationRequested)
                client.SendTo("x"u8, target);
        }, TaskCreationOptions.LongRunning);
        for (var turn = 0; turn < Effort.Times(20); turn++)
        {
            await server.ReceiveAsync(new byte[10], Stop);
            enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
            while (server.Available > 0)
                await server.ReceiveAsync(new byte[10], Stop);
            enforcer.Settle(Cluster.Of(pods));
        }

        await enough.CancelAsync();
        await sending;
    }

    [Fact]
    public async Task What_is_allowed_again_passes_though_only_the_other_end_went_on()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.Enforcing(pods);
        await TalkOverUdpAsync();
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        // What half a minute of silence of the client does, while the server sends on.
        Host.Nft("delete element inet podwall tombstone4 { 10.0.0.2 . 10.0.0.1 . udp . 0x581b591b }");
        using (var server = Host.Udp("server", 7000))
            await SendDroppedAsync(server, Host.At("10.0.0.2", 7001), "cut");
        enforcer.Settle(Cluster.Of(pods));
        await TalkOverUdpAsync();
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public async Task A_connection_to_the_own_node_is_never_cut(string node)
    {
        Pod[] pods = [Host.AddPod("client", 1), Host.AddPod("other", 2)];
        using var enforcer = Host.Enforcing(pods);
        using var talk = await Talk.OpenAsync(Host, "client", null, node, Stop);
        await talk.RoundTripAsync(Stop);
        enforcer.Settle(Cluster.Of(pods, Cluster.Silent("client"), Cluster.Closed("client")));
        await talk.RoundTripAsync(Stop);
        enforcer.Dispose();
        using var next = Host.NewEnforcer();
        next.Start();
        next.Settle(Cluster.Of(pods, Cluster.Silent("client"), Cluster.Closed("client")));
        await talk.RoundTripAsync(Stop);
        using var fresh = await Talk.OpenAsync(Host, "client", null, node, Stop);
        await fresh.RoundTripAsync(Stop);
        Assert.Equal(0, Host.Metrics.Cut);
    }

    [Fact]
    public async Task After_silence_a_flow_on_the_tuple_of_one_that_was_cut_is_judged_as_new()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.Enforcing(pods);
        await TalkOverUdpAsync();
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        using var server = Host.Udp("server", 7000);
        using var client = Host.Udp("client", 7001);
        await SendDroppedAsync(server, Host.At("10.0.0.2", 7001), "cut");
        if (Effort.IsLong)
            while (Host.Node("nft", "list", "set", "inet", "podwall", "tombstone4").Contains("elements", StringComparison.Ordinal))
                await Task.Yield();
        else
            // What silence does in half a minute.
            Host.Nft("flush set inet podwall tombstone4");
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "denied_ingress");
        await server.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.2", 7001), Stop);
        Assert.Equal(1, await client.ReceiveAsync(new byte[10], Stop));
    }
}
