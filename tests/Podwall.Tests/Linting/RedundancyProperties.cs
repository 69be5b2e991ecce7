using CsCheck;
using Podwall.Policy;
using Podwall.Policy.Linting;
using Podwall.Policy.Linting.Rules;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Linting;

/// <summary>What lint says about sets holds for every flow, on random clusters.</summary>
public sealed class RedundancyProperties
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];

    [Fact]
    public void All_that_is_redundant_can_be_taken_away_at_once_in_this_cluster_and_in_others() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var snapshot = random.Snapshot();
        var thinned = snapshot;
        foreach (var block in Compiled.Compile(snapshot).Blocks)
        {
            Redundancy redundancy = new(new LintContext(Compiled.Compile(snapshot), LintFacts.None), block);
            thinned = thinned.With(block.Source.With(policies: block.Source.Policies
                .Where(p => !redundancy.Policies.Any(r => r.Policy.Id == p.Id)).Select(p => Thinned(p, redundancy))));
        }

        AssertSame(snapshot, thinned);
        // What is written decides, not which pods there happen to be: other pods, the same policies.
        var others = new RandomCluster(seed ^ 0x5bd1e995).Snapshot();
        AssertSame(WithPodsOf(others, snapshot), WithPodsOf(others, thinned));
    }, iter: Effort.Times(400));

    [Fact]
    public void What_implies_selects_less() => Seeds.Sample(seed =>
    {
        var (one, other) = (new RandomCluster(seed).Policy("n0", "a").Subject, new RandomCluster(seed + 1).Policy("n0", "b").Subject);
        if (!one.Implies(other) && !Implication.IsNever(one))
            return;
        for (var i = 0; i < 40; i++)
        {
            var labels = new RandomCluster(seed + 2 + i).Pod("n0", "p").Labels;
            Assert.False(one.Selects(labels) && (Implication.IsNever(one) || !other.Selects(labels)), $"{one} implies {other}, but not for {labels}");
        }
    }, iter: Effort.Times(1500));

    [Fact]
    public void Every_example_is_a_flow_as_the_engine_decides_it() => Seeds.Sample(seed =>
    {
        var snapshot = new RandomCluster(seed).Snapshot();
        var compiled = Compiled.Compile(snapshot);
        foreach (var example in LintRules.Check(snapshot, LintFacts.None).SelectMany(f => f.Examples))
        {
            var words = example.Traffic.Split(' ');
            if (End(compiled, example.From) is not { } from || End(compiled, example.To) is not { } to || !ProtocolNames.TryParse(words[0], out var protocol))
                continue;
            Assert.Equal(example.Verdict, compiled.Decide(new(from, to, protocol, words.Length > 1 ? int.Parse(words[1]) : 0)).Verdict);
        }
    }, iter: Effort.Times(300));

    [Fact]
    public void A_dead_peer_lets_nothing_through() => Seeds.Sample(seed =>
    {
        var snapshot = new RandomCluster(seed).Snapshot();
        foreach (var finding in LintRules.Check(snapshot, new() { IsComplete = true }, r => r.Id is "half-open" or "peer-matches-nothing" or "selector-never-matches"))
        {
            if (finding.Place.Field.LastIndexOf('[') is var at && !finding.Place.Field.EndsWith(']') || !finding.Place.Field.Contains(".from[") && !finding.Place.Field.Contains(".to["))
                continue;
            var direction = finding.Place.Field.StartsWith("spec.ingress", StringComparison.Ordinal) ? Direction.Ingress : Direction.Egress;
            var (rule, peer) = (Number(finding.Place.Field, 0), int.Parse(finding.Place.Field[(at + 1)..^1]));
            var block = snapshot.Find(finding.Place.Namespace!)!;
            // Without the peer, the rule would be for everyone where it is the only one: a peer that matches nothing takes its place.
            var without = block.With(policies: block.Policies.Select(p => p.Id.Name != finding.Place.Name ? p : Edited(p, direction, rule, r => r with { Peers = [.. r.Peers.Select((x, i) => i == peer ? new Peer.Unreadable() : x)] })));
            AssertSame(snapshot, snapshot.With(without));
        }
    }, iter: Effort.Times(300));

    private static int Number(string field, int start) => int.Parse(field[(field.IndexOf('[', start) + 1)..field.IndexOf(']', start)]);

    private static Endpoint? End(Compiled compiled, string name) => name.Split('/') is [var ns, var pod] && compiled.At(new PodId(ns, pod)) is { } end ? end
        : Address.TryParse(name, out var address) ? compiled.At(address) : null;

    private static NetworkPolicy Thinned(NetworkPolicy policy, Redundancy redundancy)
    {
        foreach (var (rule, peer, _) in redundancy.Peers.Where(p => p.Rule.Policy == policy.Id).OrderByDescending(p => p.Peer))
            policy = Edited(policy, rule.Direction, rule.Index, r => r with { Peers = [.. r.Peers.Where((_, i) => i != peer)] });
        foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
            if (policy.Rules(direction) is { } rules)
            {
                ValueList<Rule> left = [.. rules.Where((_, i) => !redundancy.Rules.Any(r => r.Rule == new RuleId(policy.Id, direction, i)))];
                policy = direction == Direction.Ingress ? policy with { Ingress = left } : policy with { Egress = left };
            }

        return policy;
    }

    private static NetworkPolicy Edited(NetworkPolicy policy, Direction direction, int index, Func<Rule, Rule> edit)
    {
        ValueList<Rule> rules = [.. policy.Rules(direction)!.Value.Select((r, i) => i == index ? edit(r) : r)];
        return direction == Direction.Ingress ? policy with { Ingress = rules } : policy with { Egress = rules };
    }

    private static Snapshot WithPodsOf(Snapshot pods, Snapshot policies) => new(policies.Namespaces.Select(n => pods.Find(n.Name) is { } block
        ? new NamespaceBlock(n.Name, block.Labels, block.Pods, n.Policies) : new(n.Name, n.Labels, [], n.Policies)), pods.Nodes);

    private static void AssertSame(Snapshot before, Snapshot after)
    {
        var diff = ReachDiff.Between(Connectivity.Of(Compiled.Compile(before)), Connectivity.Of(Compiled.Compile(after)));
        Assert.True(diff.IsEmpty, string.Join('\n', diff.Changes.Select(c => $"{c}").Concat(diff.Outside.Select(o => $"{o}"))));
    }
}
