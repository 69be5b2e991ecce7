using CsCheck;
using Podwall.Drawing;
using Podwall.Drawing.Svg.Layout;
using Podwall.Policy;
using Podwall.Tests.Policy;

namespace Podwall.Tests.Drawing;

/// <summary>Where lines may run.</summary>
public sealed class WireRules
{
    [Fact]
    public void No_line_runs_through_a_card_or_under_the_label_of_another() => Gen.Int[0, int.MaxValue - 2].Sample(seed =>
    {
        var (before, after) = (Compiled.Compile(new RandomCluster(seed).Snapshot()), Compiled.Compile(new RandomCluster(seed + 1).Snapshot()));
        foreach (var board in (Board[])[Board.Of(before), Board.Between(before, after)])
            foreach (var width in (int[])[400, 800, 1400])
                Check(BoardLayout.Within(board, width));
    }, iter: Effort.Times(50));

    private static void Check(BoardLayout layout)
    {
        var cards = layout.Places.SelectMany(p => p.Cards).ToArray();
        foreach (var wire in layout.Wires)
            foreach (var ((x1, y1), (x2, y2)) in wire.Path.Zip(wire.Path.Skip(1)))
            {
                Assert.True(x1 == x2 || y1 == y2, $"{wire.Connection} is slanted");
                Assert.DoesNotContain(cards, c => Meets(c.X, c.Y, c.Width, c.Height));
                Assert.DoesNotContain(layout.Places.Where(p => p != Columns.PlaceOf(wire.Source) && p != Columns.PlaceOf(wire.Target)), p => Meets(p.X, p.Y, p.Width, p.FullHeight));
                foreach (var other in layout.Wires.Where(w => w != wire))
                    Assert.False(
                        Meets(other.LabelLeftAt(Phase.After), other.LabelAnchor.Y - Sizes.LabelHeight / 2, other.LabelWidthAt(Phase.After), Sizes.LabelHeight),
                        $"{wire.Connection} runs under the label of {other.Connection}");

                bool Meets(int x, int y, int width, int height) =>
                    Math.Min(x1, x2) < x + width && Math.Max(x1, x2) > x && Math.Min(y1, y2) < y + height && Math.Max(y1, y2) > y;
            }
    }
}
