using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;
using Podwall.Agent;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Netlink;
using Podwall.Policy;
using Podwall.Tests;

namespace Podwall.SystemTests.Agent;

/// <summary>What goes wrong in and around the kernel leaves pods closed, never open, and is mended.</summary>
public sealed class FaultTests : NodeTest
{
    [Fact]
    public async Task A_change_that_the_kernel_refuses_ends_in_the_right_state()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        var arriving = Host.AddPod("arriving", 3);
        using var enforcer = Host.Enforcing(pods);
        // The next delta names maps that are not there.
        Host.Nft("delete table inet podwall");
        Assert.Empty(Host.Metrics.Drops());
        enforcer.Settle(Cluster.Of([.. pods, arriving], Cluster.Closed("server")));
        Assert.Equal((1L, 1L), (Host.Metrics.Failures, Host.Metrics.Repairs));
        Assert.True(enforcer.IsInForce);
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7000), "denied_ingress", Stop);
        // The pod that came with the refused change is open where its policies are.
        using var talk = await Talk.OpenAsync(Host, "client", "arriving", "10.0.0.3", Stop);
        await talk.RoundTripAsync(Stop);
        enforcer.Look();
        Assert.Equal(1, Host.Metrics.Repairs);
    }

    [Fact]
    public async Task More_connections_are_cut_than_the_kernel_keeps_cut_and_nobody_else_notices()
    {
        const int Many = 40_000, First = 10_000;
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("friend", 3)];
        using var enforcer = Host.Enforcing(pods);
        using var talk = await Talk.OpenAsync(Host, "friend", "server", "10.0.0.1", Stop, 7002);
        using var client = Host.Udp("client", 7001);
        Send();
        Assert.InRange(Host.Conntrack.Count(), (uint)Many, uint.MaxValue);
        enforcer.Settle(Cluster.Of(pods, Cluster.OnlyFrom("server", "friend")));
        Assert.Equal(Many, Host.Metrics.Cut);
        Assert.Contains("more were cut than the kernel can keep cut", Host.Log.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Host.Metrics.Failures);
        Assert.True(enforcer.IsInForce);
        await talk.RoundTripAsync(Stop);
        Send();
        Assert.Equal((ulong)Many, Host.Dropped("cut") + Host.Dropped("denied_ingress"));
        Assert.InRange(Host.Dropped("cut"), 30_000u, (ulong)Many - 1);
        enforcer.Settle(Cluster.Of(pods));
        Assert.DoesNotContain("elements", Host.Node("nft", "list", "set", "inet", "podwall", "tombstone4"), StringComparison.Ordinal);

        void Send()
        {
            for (var port = First; port < First + Many; port++)
                client.SendTo("x"u8, Host.At("10.0.0.1", port));
        }
    }

    [Fact]
    public void What_falls_silent_while_it_is_lifted_is_no_fault()
    {
        const int Few = 30;
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        Queue<int> silent = [];
        using var enforcer = Host.NewEnforcer(null, (what, isSent) =>
        {
            // One after the other, each time that the kernel is asked to delete what it was among.
            if (what == "cut connections" && !isSent && silent.TryDequeue(out var port))
                Host.Nft($"delete element inet podwall tombstone4 {{ 10.0.0.2 . 10.0.0.1 . udp . {BinaryPrimitives.ReverseEndianness(7001u << 16 | (uint)port)} }}");
        });
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        using var client = Host.Udp("client", 7001);
        for (var port = 7100; port < 7100 + Few; port++)
            client.SendTo("x"u8, Host.At("10.0.0.1", port));
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
        Assert.Equal(Few, Host.Metrics.Cut);
        silent = new(Enumerable.Range(7100, Few));
        enforcer.Settle(Cluster.Of(pods));
        Assert.InRange(silent.Count, 0, Few - 6);
        Assert.Equal(0, Host.Metrics.Failures);
        Assert.True(enforcer.IsInForce);
        silent.Clear();
        // What was left is lifted with the next change, whatever it is.
        enforcer.Settle(Cluster.Of(pods, Cluster.Closed("client")));
        Assert.DoesNotContain("elements", Host.Node("nft", "list", "set", "inet", "podwall", "tombstone4"), StringComparison.Ordinal);
    }

    [Fact]
    public void Thousands_of_changes_end_where_a_fresh_start_does()
    {
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        var snapshot = Snapshot.Empty;
        for (var change = 0; change < Effort.Times(2_000); change++)
        {
            var random = new Tests.Policy.RandomCluster(change);
            var block = random.Namespace($"n{change % 5}");
            snapshot = snapshot.With(block.With(pods: block.Pods.Select(p => p with { Node = Host.NodeName, UsesHostNetwork = false })));
            enforcer.Enforce(snapshot);
        }

        Assert.Equal((0L, 0L), (Host.Metrics.Failures, Host.Metrics.Repairs));
        using var fresh = Host.NewEnforcer();
        fresh.Start();
        fresh.Enforce(snapshot);
        // What the first left is what the second wants: nothing had to be sent.
        fresh.Look();
        Assert.Equal((0L, 0L), (Host.Metrics.Failures, Host.Metrics.Repairs));
        foreach (var content in fresh.Contents.All)
            Assert.True(content.From(enforcer.Contents[content.Shape].Elements) is null, $"{content.Shape} depends on the way");
    }

    [Fact]
    public void What_a_dump_leaves_out_while_the_kernel_makes_a_hash_larger_is_not_missing()
    {
        const int Peers = 100_000, Kinds = 100;
        Pod web = new(new("shop", "web"), Labels.None) { Node = Host.NodeName, Addresses = [Address.Parse("10.0.0.1")] };
        var far = Enumerable.Range(0, Peers).Select(i => new Pod(new("far", $"f{i}"), Labels.Of(("app", $"a{i % Kinds}"))) { Node = "far", Addresses = [Address.Parse($"10.{100 + (i >> 16)}.{i >> 8 & 255}.{i & 255}")] });
        var policies = Enumerable.Range(0, Kinds).Select(i => new NetworkPolicy(new("shop", $"p{i}"), Selector.Everything, [new([new Peer.PodsIn(Selector.Everything, Selector.Of(("app", $"a{i}")))], [])], null));
        Lowered lowered = new(new(Host.NodeName, [], ["pod*"]));
        lowered.Update(Compiled.Compile(new([new("shop", Labels.None, [web], policies), new("far", Labels.None, far, [])], [])));
        Assert.True(lowered.Contents.All.Sum(c => c.Count) > Peers);
        using var table = Host.NewTable();
        for (var load = 0; load < 6; load++)
        {
            table.Install(lowered.Contents);
            Assert.Empty(table.Differences(lowered.Contents));
        }
    }

    [Fact]
    public async Task A_thousand_pod_starts_let_nothing_through_that_policy_denies()
    {
        const int Starts = 1_000;
        var sender = Host.AddPod("sender", 2);
        Host.AddPod("starting", 1);
        // Every start is another address at the end of one cable.
        var addresses = Enumerable.Range(0, Starts).Select(i => $"10.7.{i / 250}.{i % 250}").ToArray();
        Host.AddAddresses("starting", addresses);
        using var receiver = Host.Udp("starting", 7000);
        using var client = Host.Udp("sender", 7001);
        using var enforcer = Host.NewEnforcer();
        enforcer.Start();
        enforcer.Enforce(Cluster.Of([sender]));
        List<Pod> pods = [sender];
        var sent = 0UL;
        foreach (var (number, address) in addresses.Index())
        {
            // Before, at the instant, and after.
            await SendAsync(address);
            pods.Add(Host.PodOf($"start-{number}", "starting", address));
            var starting = Task.Run(() => enforcer.Enforce(Cluster.Of(pods, Cluster.Closed("starting"))), Stop);
            await SendAsync(address);
            await starting;
            await SendAsync(address);
        }

        while (Host.Dropped("denied_ingress") + Host.Dropped("unready") < sent)
        {
            Assert.Equal(0, receiver.Available);
            Assert.False(Stop.IsCancellationRequested, $"{sent} were sent: {string.Join(", ", Host.Metrics.Drops())}");
            await Task.Yield();
        }

        Assert.Equal(0, receiver.Available);
        Assert.True(Host.Dropped("denied_ingress") >= Starts);

        async Task SendAsync(string address)
        {
            await client.SendToAsync("x"u8.ToArray(), SocketFlags.None, Host.At(address, 7000), Stop);
            sent++;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_memory_for_a_change_pods_are_closed_until_there_is_some(bool isNothingTaken)
    {
        const int NoMemory = 12;
        var hasMemory = true;
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2), Host.AddPod("other", 3)];
        var arriving = Host.AddPod("arriving", 4);
        using var enforcer = Host.NewEnforcer(null, (what, isSent) =>
        {
            if (!isSent && !hasMemory && (isNothingTaken || what != "close the pods"))
                throw new NetlinkException(NoMemory, what);
        });
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        using var talk = await Talk.OpenAsync(Host, "client", "other", "10.0.0.3", Stop);
        hasMemory = false;
        enforcer.Settle(Cluster.Of([.. pods, arriving], Cluster.Closed("server")));
        Assert.False(enforcer.IsInForce);
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.4", 7000), "unready", Stop);
        if (!isNothingTaken)
            await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7000), "unready", Stop);
        // What was allowed and still is goes on meanwhile.
        await talk.RoundTripAsync(Stop);
        enforcer.Look();
        Assert.False(enforcer.IsInForce);
        hasMemory = true;
        enforcer.Look();
        Assert.True(enforcer.IsInForce);
        await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7000), "denied_ingress", Stop);
        using var open = await Talk.OpenAsync(Host, "client", "arriving", "10.0.0.4", Stop);
        await open.RoundTripAsync(Stop);
        await talk.RoundTripAsync(Stop);
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_no_change_that_was_lost()
    {
        var losses = 0;
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        using var enforcer = Host.NewEnforcer(null, (what, isSent) =>
        {
            if (isSent && losses-- > 0)
                throw new NetlinkException(NetlinkException.Overrun, what);
        });
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        foreach (var lost in Enumerable.Range(1, 3))
        {
            losses = lost;
            enforcer.Settle(Cluster.Of(pods, Cluster.Closed("server")));
            enforcer.Look();
            Assert.True(enforcer.IsInForce);
            await Host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7000), "denied_ingress", Stop);
            losses = lost;
            enforcer.Settle(Cluster.Of(pods));
            enforcer.Look();
            using var talk = await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
            await talk.RoundTripAsync(Stop);
        }
    }

    [Fact]
    public void Checking_the_program_changes_nothing()
    {
        using var table = Host.NewTable();
        table.Try();
        Assert.Equal("", Host.Node("nft", "list", "tables"));
    }

    [Fact]
    public async Task A_clock_that_jumps_changes_nothing()
    {
        Pod[] pods = [Host.AddPod("server", 1), Host.AddPod("client", 2)];
        JumpingTime time = new();
        using var enforcer = Host.NewEnforcer(time, null);
        AgentOptions options = new(Host.NodeName) { Resync = TimeSpan.FromMilliseconds(20) };
        var states = Channel.CreateUnbounded<AgentState>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = new AgentLoop(enforcer, options, new(Host.Log, time), time: time).RunAsync(states.Reader.ReadAllAsync(stop.Token), stop.Token);
        foreach (var jump in new[] { 0, 400, -4_000, 1 })
        {
            time.Jump(TimeSpan.FromDays(jump));
            await states.Writer.WriteAsync(new(Cluster.Of(pods), ""), stop.Token);
            using var talk = await OpenAsync();
            await talk.RoundTripAsync(Stop);
            var cut = Host.Metrics.Cut;
            time.Jump(TimeSpan.FromDays(-2 * jump));
            await states.Writer.WriteAsync(new(Cluster.Of(pods, Cluster.Closed("server")), ""), stop.Token);
            while (Host.Metrics.Cut == cut)
            {
                Assert.False(running.IsCompleted || Stop.IsCancellationRequested, $"after a jump of {jump} days nothing is cut");
                await Task.Yield();
            }
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        // The rules come into force a moment after the state was told.
        async Task<Talk> OpenAsync()
        {
            var elements = enforcer.Contents;
            while (!enforcer.IsInForce || elements[Nftables.Model.Maps.Instance.SubjectIngress[IpFamily.V4]].Count > 0)
                await Task.Yield();
            return await Talk.OpenAsync(Host, "client", "server", "10.0.0.1", Stop);
        }
    }

    /// <summary>The time of day jumps; time itself passes as it does.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private TimeSpan offset;

        public void Jump(TimeSpan by) => offset += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }
}
