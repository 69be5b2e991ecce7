using System.Text.RegularExpressions;
using Podwall.Agent;
using Podwall.Nftables.Kernel;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Model;
using Podwall.Policy;

namespace Podwall.SystemTests.Agent;

/// <summary>The table as others find it and leave it: another version, other hands, more than one batch.</summary>
public sealed class TableTests : NodeTest
{
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
        using var enforcer = Host.Enforcing(pods, Cluster.Closed("server"));
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

    /// <summary>The same rules in other words.</summary>
    private sealed class EarlierProgram() : Nftables.Model.Program(TableFamily.Inet, Maps.Instance, PolicyProgram.Instance.Counters)
    {
        public override IReadOnlyList<Chain> Chains { get; } = [.. PolicyProgram.Instance.Chains.Select(c => c with { Rules = [.. c.Rules.Select(r => r with { Comment = $"{r.Comment}, as it was said" })] })];
    }
}
