using CsCheck;
using Podwall.Drawing;
using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Drawing;

/// <summary>Every arrow is a fact of the engine, and every fact that policies govern is on the board.</summary>
public sealed class BoardFacts
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];

    private static readonly BoardLimits[] Limits =
    [
        BoardLimits.Default,
        new() { CardsPerNamespace = 1, Fan = 1 },
        new() { Cards = 0, OutsideCards = 1 },
        new() { Arrows = 0 },
    ];

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void A_board_says_what_the_engine_decides(int limits) => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var compiled = Compiled.Compile(random.Snapshot());
        var board = Board.Of(compiled, Limits[limits]);
        new Witness(board, compiled, compiled, random).Check(Phase.After);
    }, iter: Effort.Times(150));

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void A_comparison_says_what_the_engine_decided_and_decides(int limits) => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var before = random.Snapshot();
        var (old, current) = (Compiled.Compile(before), Compiled.Compile(Changed(random, before, seed)));
        var witness = new Witness(Board.Between(old, current, Limits[limits]), old, current, random);
        witness.Check(Phase.Before);
        witness.Check(Phase.After);
        witness.CheckChanges();
    }, iter: Effort.Times(150));

    [Fact]
    public void The_marks_are_the_engine_s_isolation() => Seeds.Sample(seed =>
    {
        var compiled = Compiled.Compile(new RandomCluster(seed).Snapshot());
        var classes = Connectivity.Of(compiled).Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(c => c.Id, c => c.Class);
        foreach (var card in Board.Of(compiled).Cards.Where(c => !c.IsOutside))
        {
            var marks = card.Marks(Phase.After)!.Value;
            AssertMark(marks.Ingress, card.Pods.Select(p => classes[p].IsIsolated(Direction.Ingress)).ToArray());
            AssertMark(marks.Egress, card.Pods.Select(p => classes[p].IsIsolated(Direction.Egress)).ToArray());
        }
    }, iter: Effort.Times(200));

    private static void AssertMark(Mark mark, bool[] isolated)
    {
        Assert.Equal(mark == Mark.Open, isolated.All(i => !i));
        Assert.Equal(mark is Mark.Isolated or Mark.Closed, isolated.All(i => i));
    }

    [Fact]
    public void Every_pod_is_on_the_board_once_or_in_a_note() => Seeds.Sample(seed =>
    {
        var snapshot = new RandomCluster(seed).Snapshot();
        foreach (var limits in Limits)
        {
            var board = Board.Of(Compiled.Compile(snapshot), limits);
            var drawn = board.Cards.SelectMany(c => c.Pods).ToArray();
            Assert.Equal(drawn.Length, drawn.Distinct().Count());
            var missing = snapshot.Pods.Select(p => p.Id).Except(drawn).ToArray();
            Assert.All(missing, p => Assert.True(snapshot.Find(p)!.UsesHostNetwork));
            Assert.Equal(missing.Length > 0, board.Notes.Any(n => n.Contains("on the network of the node", StringComparison.Ordinal)));
        }
    }, iter: Effort.Times(100));

    private static Snapshot Changed(RandomCluster random, Snapshot before, int seed)
    {
        var block = before.Namespaces[seed % before.Namespaces.Count];
        return (seed % 3) switch
        {
            0 => before.With(random.Namespace(block.Name)),
            1 => before.With(block.With(policies: [])),
            _ => before.With(block.With(policies: block.Policies.Append(random.Policy(block.Name, "added")))),
        };
    }
}
