using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Podwall.Agent;
using Podwall.Nftables.Kernel;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Model;
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
    public async Task A_denied_connection_is_cut_though_the_server_pushes_and_an_idle_allowed_one_is_not()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("friend", 3)];
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
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
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
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
    public async Task An_address_inherits_nothing_from_its_last_pod()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
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
    public async Task A_route_that_comes_and_goes_closes_nothing_while_the_cable_stays()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
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
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of([first, client]));
        await TalkOverUdpAsync();
        enforcer.Settle(Cluster.Of([first with { Uid = Guid.NewGuid() }, client]));
        Assert.DoesNotContain(Host.Conntrack.Read(), c => c.Holds(a => a == first.Addresses[0]));
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
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        await TalkOverUdpAsync();
        enforcer.Settle(Cluster.Of(pods, Cluster.OnlyFrom("server", "friend")));
        using (var client = Host.Udp("client", 7001))
            await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "cut");
        enforcer.Settle(Cluster.Of([pods[0], pods[1] with { Labels = Labels.Of(("app", "friend")) }, pods[2]], Cluster.OnlyFrom("server", "friend")));
        await TalkOverUdpAsync();
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public async Task A_connection_to_the_own_node_is_never_cut(string node)
    {
        Pod[] pods = [Host.AddPod("client", 1), Host.AddPod("other", 2)];
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
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
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        await TalkOverUdpAsync();
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        using var server = Host.Udp("server", 7000);
        using var client = Host.Udp("client", 7001);
        await SendDroppedAsync(server, Host.At("10.0.0.2", 7001), "cut");
        // What silence does in half a minute.
        Host.Nft("flush set inet podwall tombstone4");
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "denied_ingress");
        await server.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.2", 7001), Stop);
        Assert.Equal(1, await client.ReceiveAsync(new byte[10], Stop));
    }

    [Fact]
    public async Task Another_version_of_the_table_stays_in_force_until_the_cluster_is_known_and_is_replaced_at_once()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("stranger", 3)];
        var state = Cluster.Of(pods, Cluster.OnlyFrom("server", "client"));
        Lowered lowered = new(new(Host.NodeName, [], [$"{Host.Prefix}*"]));
        lowered.Update(Compiled.Compile(state));
        using var earlier = Host.On(null, () => new KernelTable(new EarlierProgram()));
        earlier.Install(lowered.Contents);
        using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        Assert.Contains("earlier agent stay in force", Host.Log.ToString(), StringComparison.Ordinal);
        using (var fresh = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop))
            await fresh.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("stranger", Host.At("10.0.0.1", 7000), "denied_ingress", Stop);
        enforcer.Settle(state);
        Assert.False(earlier.IsWhole());
        await talk.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("stranger", Host.At("10.0.0.1", 7000), "denied_ingress", Stop);
        enforcer.Look();
        Assert.Equal((0L, 0L, 0L), (Host.Metrics.Cut, Host.Metrics.Repairs, Host.Metrics.Failures));
    }

    /// <summary>Time of which some passes at once.</summary>
    private sealed class LaterTime : TimeProvider
    {
        private TimeSpan passed;

        public void Pass(TimeSpan by) => passed += by;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(passed.TotalSeconds * TimestampFrequency);
    }

    /// <summary>The same rules in other words.</summary>
    private sealed class EarlierProgram() : Nftables.Model.Program(TableFamily.Inet, Maps.Instance, PolicyProgram.Instance.Counters)
    {
        public override IReadOnlyList<Chain> Chains { get; } = [.. PolicyProgram.Instance.Chains.Select(c => c with { Rules = [.. c.Rules.Select(r => r with { Comment = $"{r.Comment}, as it was said" })] })];
    }

    // A datagram there and one back, so that the kernel knows the flow.
    private async Task TalkOverUdpAsync()
    {
        using var server = Host.Udp("server", 7000);
        using var client = Host.Udp("client", 7001);
        await client.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.1", 7000), Stop);
        await server.ReceiveAsync(new byte[10], Stop);
        await server.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.2", 7001), Stop);
        await client.ReceiveAsync(new byte[10], Stop);
    }

    [Theory]
    [InlineData("delete table inet podwall")]
    [InlineData("delete table inet podwall; add table inet podwall")]
    [InlineData("flush map inet podwall stamp")]
    [InlineData("flush chain inet podwall v4_ingress")]
    [InlineData("insert rule inet podwall postrouting accept")]
    [InlineData("flush map inet podwall subject_in4")]
    [InlineData("add element inet podwall ready4 { 10.0.0.77 }")]
    [InlineData("add table inet podwall { flags dormant; }")]
    [InlineData("add chain inet podwall postrouting { policy drop; }")]
    [InlineData("add chain inet podwall mine { type filter hook forward priority 0; policy drop; }")]
    [InlineData("replace rule inet podwall postrouting handle KNOWN ct state established,new accept comment \"known connection\"")]
    public async Task What_somebody_else_does_to_the_table_is_mended_and_counted(string deed)
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        using var client = Host.Udp("client", 7001);
        var handle = Regex.Match(Host.Node("nft", "-a", "list", "chain", "inet", "podwall", "postrouting"), "comment \"known connection\" # handle (\\d+)").Groups[1].Value;
        Host.Nft(deed.Replace("KNOWN", handle, StringComparison.Ordinal));
        enforcer.Look();
        Assert.Equal(1, Host.Metrics.Repairs);
        await SendDroppedAsync(client, Host.At("10.0.0.1", 7000), "denied_ingress");
        enforcer.Look();
        Assert.Equal(1, Host.Metrics.Repairs);
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

    [Fact]
    public void More_than_one_batch_can_hold_is_loaded_closed_and_then_opened()
    {
        var local = Host.AddPod("server", 1);
        var peers = Enumerable.Range(0, 30_000).Select(i => Host.PodOf($"peer-{i}", "peer", $"10.{64 + i / 65536}.{i / 256 % 256}.{i % 256}") with { Node = "elsewhere" });
        using var reader = Host.NewTable();
        var (maps, batches, done) = (Maps.Instance, new Dictionary<string, int>(), false);
        // What the kernel takes at once of whoever may not force it to take more.
        const int StockLimit = 420_000;
        Enforcer? enforcer = null;
        using var made = enforcer = Host.NewEnforcerOn(() => new() { MostBytes = StockLimit, Interfere = Watch });
        enforcer.Start();
        enforcer.Settle(Cluster.Of([local, .. peers], Cluster.OnlyFrom("server", "peer")));
        Assert.True(enforcer.IsInForce, Host.Log.ToString());
        Assert.Equal(0, Host.Metrics.Failures);
        Assert.Equal(30_000, enforcer.Contents[Maps.Instance.Peer[IpFamily.V4]].Count);
        enforcer.Look();
        Assert.Equal(0, Host.Metrics.Repairs);
        Host.Nft("delete table inet podwall");
        enforcer.Look();
        Assert.Equal(1, Host.Metrics.Repairs);
        Assert.True(batches["change the table"] > 1 && batches["load the table"] > 2, string.Join(", ", batches));
        done = true;

        void Watch(string what, bool isAfter)
        {
            if (!isAfter || done)
                return;
            batches[what] = batches.GetValueOrDefault(what) + 1;
            // Wherever it stands, who is not ready is closed, and nobody is ready before all of it is there.
            Assert.NotEmpty(reader.Read(maps.Interface));
            if (reader.Read(maps.Ready[IpFamily.V4]).Count > 0)
                Assert.DoesNotContain(reader.Differences(enforcer!.Contents), d => d.Added.Count > 0);
        }
    }

    private Task SendDroppedAsync(Socket sender, IPEndPoint to, string reason) => Host.SendDroppedAsync(sender, to, reason, Stop);
}
