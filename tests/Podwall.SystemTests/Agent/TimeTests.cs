using System.Net.Sockets;
using Podwall.Policy;

namespace Podwall.SystemTests.Agent;

/// <summary>What holds while things change: section 8 of the semantics, with real sockets.</summary>
public sealed class TimeTests : NodeTest
{
    [Theory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task A_pod_that_appears_is_closed_until_its_policies_are_in_force(AddressFamily family)
    {
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        var (server, client) = (Host.AddPod("server", 1), Host.AddPod("client", 2));
        using var receiver = Host.Udp("server", 7000, family);
        using var sender = Host.Udp("client", 7001, family);
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
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("other", 3)];
        var enforcer = Host.NewEnforcer();
        enforcer.Start();
        var before = Cluster.Of(pods, Cluster.OnlyFrom("server", "client"));
        enforcer.Settle(before);
        using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
        enforcer.Settle(Cluster.Of(pods, Cluster.OnlyFrom("server", "client"), Cluster.Closed("other"), Cluster.Closed("client")));
        await talk.RoundTripAsync(Stop);
        enforcer.Look();
        enforcer.Dispose();
        await talk.RoundTripAsync(Stop);
        using var next = Host.NewEnforcer();
        next.Start();
        await talk.RoundTripAsync(Stop);
        next.Settle(before);
        await talk.RoundTripAsync(Stop);
        Assert.Equal(0, Host.Metrics.Cut);
        Assert.Contains("earlier agent stay in force", Host.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_cluster_is_known_no_look_changes_what_is_in_force()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        var state = Cluster.Of(pods, Cluster.OnlyFrom("server", "client"));
        using (var first = Host.NewEnforcer())
        {
            first.Start();
            first.Settle(state);
        }

        using var table = Host.NewTable();
        var generation = table.Generation();
        using var next = Host.NewEnforcer();
        next.Start();
        // The API server is away, and pods come and go.
        Host.AddPod("other", 3);
        await next.LinkChangeAsync(Stop);
        next.LookAtLinks();
        next.Look();
        Assert.Equal(generation, table.Generation());
        await TalkOverUdpAsync();
        next.Settle(state);
        next.Look();
        Assert.Equal(generation, table.Generation());
        Assert.Equal((0L, 0L), (Host.Metrics.Repairs, Host.Metrics.Failures));
    }

    [Fact]
    public async Task Restarts_change_no_verdict_at_any_instant()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("stranger", 3)];
        var state = Cluster.Of(pods, Cluster.OnlyFrom("server", "client"));
        using (var first = Host.NewEnforcer())
        {
            first.Start();
            first.Settle(state);
        }

        using var server = Host.Udp("server", 7000);
        server.ReceiveBufferSize = 1 << 20;
        using var client = Host.Udp("client", 7001);
        using var stranger = Host.Udp("stranger", 7001);
        var to = Host.At("10.0.0.1", 7000);
        var (sent, restarts) = (0, 0);
        using PeriodicTimer each = new(TimeSpan.FromMilliseconds(1));
        var restarting = Task.Run(
            () =>
            {
                for (; restarts < 20; restarts++)
                    using (var enforcer = Host.NewEnforcer())
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

        using var reader = Host.NewEnforcer();
        Assert.Equal((ulong)sent, Host.Dropped("denied_ingress"));
    }
}
