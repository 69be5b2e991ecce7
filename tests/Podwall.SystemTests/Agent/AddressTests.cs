using Podwall.Agent;
using Podwall.Policy;

namespace Podwall.SystemTests.Agent;

/// <summary>An address that moves to another pod carries nothing of the former one.</summary>
public sealed class AddressTests : NodeTest
{
    [Fact]
    public async Task An_address_inherits_nothing_from_its_last_pod()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.Enforcing(pods);
        using var client = Host.Udp("client", 7001);
        using (var server = Host.Udp("server", 7000))
        {
            await client.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.1", 7000), Stop);
            await server.ReceiveAsync(new byte[10], Stop);
            await server.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.2", 7001), Stop);
        }

        Host.RemovePod("server");
        var heir = Host.AddPod("heir", 1);
        enforcer.Settle(Cluster.Of([heir, pods[1]], Cluster.Closed("heir")));
        Assert.DoesNotContain(Host.Conntrack.Read(), c => c.Holds(a => a == heir.Addresses[0]));
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "denied_ingress");
    }

    [Fact]
    public async Task A_route_that_comes_and_goes_closes_nothing_while_the_cable_stays()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.Enforcing(pods);
        using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
        var route = Host.Node("ip", "route", "show", "10.0.0.1").Trim();
        Host.Node(["ip", "route", "del", .. route.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        enforcer.LookAtLinks();
        Host.Node(["ip", "route", "add", .. route.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        enforcer.LookAtLinks();
        await talk.RoundTripAsync(Stop);
        await TalkOverUdpAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_address_whose_pod_has_gone_is_closed_before_the_cluster_says_so(bool isBridged)
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        if (isBridged)
            Host.Bridge($"{Host.Prefix}br", "server", "client");
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        // The server may take from the client; nothing says what the heir of its address may do.
        var before = Cluster.Of(pods, Cluster.OnlyFrom("server", "client"));
        enforcer.Settle(before);
        await TalkOverUdpAsync();
        Host.RemovePod("server");
        await enforcer.LinkChangeAsync(Stop);
        enforcer.LookAtLinks();
        var heir = Host.AddPod("heir", 1);
        if (isBridged)
        {
            Host.Plug($"{Host.Prefix}br", "heir");
            Host.Introduce("client", "heir", "10.0.0.1");
        }

        enforcer.LookAtLinks();
        using var client = Host.Udp("client", 7001);
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "unready");
        enforcer.Settle(before);
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "unready");
        // As soon as it is said whose the address is, that one's rights hold.
        enforcer.Settle(Cluster.Of([heir, pods[1]]));
        using var receiver = Host.Udp("heir", 7000);
        await client.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.1", 7000), Stop);
        Assert.Equal(1, await receiver.ReceiveAsync(new byte[10], Stop));
    }

    [Fact]
    public async Task A_pod_that_comes_back_to_its_address_behind_another_cable_is_open_again_after_a_while()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        LaterTime time = new();
        using var enforcer = Host.NewEnforcer(time, null);
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        Host.RemovePod("server");
        enforcer.LookAtLinks();
        Host.AddPod("server", 1);
        enforcer.Look();
        using var client = Host.Udp("client", 7001);
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "unready");
        time.Pass(Vacancies.Grace);
        enforcer.Look();
        using var server = Host.Udp("server", 7000);
        await client.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.1", 7000), Stop);
        Assert.Equal(1, await server.ReceiveAsync(new byte[10], Stop));
        Assert.Equal(0, Host.Metrics.Repairs);
    }

    [Fact]
    public async Task A_pod_that_comes_back_with_its_name_and_address_inherits_nothing()
    {
        var first = Host.AddPod("server", 1) with { Uid = Guid.NewGuid() };
        var client = Host.AddPod("client", 2);
        using var enforcer = Host.Enforcing([first, client]);
        await TalkOverUdpAsync();
        enforcer.Settle(Cluster.Of([first with { Uid = Guid.NewGuid() }, client]));
        Assert.DoesNotContain(Host.Conntrack.Read(), c => c.Holds(a => a == first.Addresses[0]));
    }

    /// <summary>Time of which some passes at once.</summary>
    private sealed class LaterTime : TimeProvider
    {
        private TimeSpan passed;

        public void Pass(TimeSpan by) => passed += by;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(passed.TotalSeconds * TimestampFrequency);
    }
}
