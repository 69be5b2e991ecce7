using System.Net.Sockets;
using Podwall.Policy;
using Podwall.SystemTests.Packets;
using Podwall.Tests;

namespace Podwall.SystemTests.Agent;

/// <summary>What goes wrong in and around the kernel leaves pods closed, never open, and is mended.</summary>
[Collection(KernelCollection.Name)]
public sealed class FaultTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    private Host host = null!;

    private CancellationToken Stop => limit.Token;

    public void Dispose()
    {
        host?.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task A_change_that_the_kernel_refuses_ends_in_the_right_state()
    {
        Prepare();
        Pod[] pods = [host.AddPod("server", 1), host.AddPod("client", 2)];
        var arriving = host.AddPod("arriving", 3);
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        enforcer.Settle(Cluster.Of(pods));
        // The next delta names maps that are not there.
        host.Nft("delete table inet podwall");
        Assert.Empty(host.Metrics.Drops());
        enforcer.Settle(Cluster.Of([.. pods, arriving], Cluster.Closed("server")));
        Assert.Equal((1L, 1L), (host.Metrics.Failures, host.Metrics.Repairs));
        Assert.True(enforcer.IsInForce);
        await host.ConnectDroppedAsync("client", Host.At("10.0.0.1", 7000), "denied_ingress", Stop);
        // The pod that came with the refused change is open where its policies are.
        using var talk = await Talk.OpenAsync(host, "client", "arriving", "10.0.0.3", Stop);
        await talk.RoundTripAsync(Stop);
        enforcer.Look();
        Assert.Equal(1, host.Metrics.Repairs);
    }

    [Fact]
    public void Thousands_of_changes_end_where_a_fresh_start_does()
    {
        Prepare();
        using var enforcer = host.NewEnforcer();
        enforcer.Start();
        var snapshot = Snapshot.Empty;
        for (var change = 0; change < Effort.Times(2_000); change++)
        {
            var random = new Tests.Policy.RandomCluster(change);
            var block = random.Namespace($"n{change % 5}");
            snapshot = snapshot.With(block.With(pods: block.Pods.Select(p => p with { Node = Host.NodeName, UsesHostNetwork = false })));
            enforcer.Enforce(snapshot);
        }

        Assert.Equal((0L, 0L), (host.Metrics.Failures, host.Metrics.Repairs));
        using var fresh = host.NewEnforcer();
        fresh.Start();
        fresh.Enforce(snapshot);
        // What the first left is what the second wants: nothing had to be sent.
        fresh.Look();
        Assert.Equal((0L, 0L), (host.Metrics.Failures, host.Metrics.Repairs));
        foreach (var content in fresh.Contents.All)
            Assert.True(content.From(enforcer.Contents[content.Shape].Elements) is null, $"{content.Shape} depends on the way");
    }

    [Fact]
    public async Task A_thousand_pod_starts_let_nothing_through_that_policy_denies()
    {
        const int Starts = 1_000;
        Prepare();
        var sender = host.AddPod("sender", 2);
        host.AddPod("starting", 1);
        // Every start is another address at the end of one cable.
        var addresses = Enumerable.Range(0, Starts).Select(i => $"10.7.{i / 250}.{i % 250}").ToArray();
        host.AddAddresses("starting", addresses);
        using var receiver = host.Udp("starting", 7000);
        using var client = host.Udp("sender", 7001);
        using var enforcer = host.NewEnforcer();
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

        while (host.Dropped("denied_ingress") + host.Dropped("unready") < sent)
        {
            Assert.Equal(0, receiver.Available);
            Assert.False(Stop.IsCancellationRequested, $"{sent} were sent: {string.Join(", ", host.Metrics.Drops())}");
            await Task.Yield();
        }

        Assert.Equal(0, receiver.Available);
        Assert.True(host.Dropped("denied_ingress") >= Starts);

        async Task SendAsync(string address)
        {
            await client.SendToAsync("x"u8.ToArray(), SocketFlags.None, Host.At(address, 7000), Stop);
            sent++;
        }
    }

    private void Prepare()
    {
        Sandbox.Require();
        host = new();
    }
}
