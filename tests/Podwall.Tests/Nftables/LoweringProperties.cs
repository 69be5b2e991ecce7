using CsCheck;
using Podwall.Nftables.Interpreting;
using Podwall.Nftables.Lowering;
using Podwall.Nftables.Model;
using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Nftables;

public sealed class LoweringProperties
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];

    [Fact]
    public void The_maps_say_what_the_engine_says() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var compiled = Compiled.Compile(OnNodes(random.Snapshot()));
        var nodes = compiled.Snapshot.Nodes.ToDictionary(n => n.Name, n => new Interpreter(Lowered(n.Name, compiled).Contents));
        var addresses = compiled.Snapshot.Pods.SelectMany(p => p.Addresses).Concat(compiled.Snapshot.Nodes.SelectMany(n => n.Addresses))
            .Append(random.OutsideAddress()).Append(random.OutsideAddress()).Distinct().ToArray();
        foreach (var from in addresses)
            foreach (var to in addresses.Where(a => a.Family == from.Family))
                foreach (var protocol in Enum.GetValues<Protocol>())
                {
                    var flow = new Flow(compiled.At(from), compiled.At(to), protocol, protocol == Protocol.Icmp ? 0 : random.Port());
                    if (!flow.From.IsGoverned && !flow.To.IsGoverned)
                        continue;
                    var lets = nodes.All(n => LetsThrough(n.Key, n.Value, flow, from, to));
                    var decision = compiled.Decide(flow);
                    // Of pods that contend for an address, the maps may allow less than all of them may, never more.
                    if (flow.From.Contenders.Any() || flow.To.Contenders.Any())
                        Assert.True(!lets || decision.IsAllowed, $"{flow}: {decision}");
                    else
                        Assert.True(lets == decision.IsAllowed, $"{flow}: {decision}, the maps {(lets ? "let it through" : "drop it")}");
                }
    }, iter: Effort.Times(1000));

    [Fact]
    public void The_way_to_a_state_does_not_matter() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var compiled = Compiled.Compile(OnNodes(random.Snapshot()));
        var lowered = Lowered("node1", compiled);
        // An agent knows of the cluster what its node must know.
        NodeView view = new("node1");
        var seen = Lowered("node1", view.Update(compiled.Snapshot));
        for (var step = 0; step < 6; step++)
        {
            compiled = compiled.Update(OnNodes(compiled.Snapshot.With(random.Namespace($"n{random.Port() % 3}"))));
            lowered.Update(compiled);
            seen.Update(view.Update(compiled.Snapshot));
            var fresh = Lowered("node1", compiled);
            foreach (var (way, came) in new[] { ("whole", lowered), ("seen", seen) })
                foreach (var map in Maps.Instance.OfPolicy)
                    Assert.True(
                        came.Contents[map].Elements.ToHashSet().SetEquals(fresh.Contents[map].Elements),
                        $"{way}: {map} after step {step}: {string.Join(' ', came.Contents[map].Elements)}; fresh {string.Join(' ', fresh.Contents[map].Elements)}");
        }
    }, iter: Effort.Times(600));

    [Fact]
    public void What_is_pending_leads_from_the_old_content_to_the_new() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var compiled = Compiled.Compile(OnNodes(random.Snapshot()));
        var lowered = Lowered("node1", compiled);
        var kernel = Maps.Instance.All.ToDictionary(m => m.Name, _ => new Dictionary<ElementKey, ulong>());
        for (var step = 0; step < 4; step++)
        {
            foreach (var delta in lowered.Contents.Pending())
            {
                foreach (var gone in delta.Removed)
                    Assert.True(kernel[delta.Shape.Name].Remove(gone.Key, out var held) && held == gone.Value);
                foreach (var come in delta.Added)
                    kernel[delta.Shape.Name].Add(come.Key, come.Value);
            }

            lowered.Contents.Committed();
            foreach (var content in lowered.Contents.All)
                Assert.Equal(content.Elements.OrderBy(e => e.Key.First), kernel[content.Shape.Name].OrderBy(e => e.Key.First));
            compiled = compiled.Update(OnNodes(compiled.Snapshot.With(random.Namespace($"n{random.Port() % 3}"))));
            lowered.Update(compiled);
        }
    }, iter: Effort.Times(300));

    private static bool LetsThrough(string node, Interpreter rules, Flow flow, Address from, Address to)
    {
        var (isFrom, isTo) = (flow.From.Node == node, flow.To.Node == node);
        var local = Hosts(flow.From, node) || Hosts(flow.To, node);
        return !local || isFrom || isTo || rules.LetsOpen(from, to, flow.Protocol, flow.Port);
    }

    private static bool Hosts(Endpoint end, string node) => end.IsGoverned && (end.Pod!.Node == node || end.Contenders.Any(p => p.Node == node));

    private static Lowered Lowered(string node, Compiled compiled)
    {
        var lowered = new Lowered(new(node, [], []));
        lowered.Update(compiled);
        return lowered;
    }

    // Somebody must enforce what governs a pod.
    private static Snapshot OnNodes(Snapshot snapshot) => new(
        snapshot.Namespaces.Select(n => n.With(pods: n.Pods.Select(p => p with { Node = p.Node ?? "node1" }))), snapshot.Nodes);
}
