namespace Podwall.Drawing.Svg.Layout;

/// <summary>Finds heights at which wires cross the columns between their ends without touching a box.</summary>
internal sealed class Lanes(List<PlaceBox>[] columns)
{
    private const int Reach = 40;
    private readonly List<(int Y, int First, int Last)> taken = [];

    public int Find(Wire wire)
    {
        var (first, last) = (Math.Min(wire.Source.Column, wire.Target.Column) + 1, Math.Max(wire.Source.Column, wire.Target.Column) - 1);
        var between = columns[first..(last + 1)].SelectMany(c => c).ToArray();
        var (from, to) = (wire.From!.Y, wire.To!.Y);
        var edges = between.SelectMany(p => (int[])[p.Y, p.Y + p.FullHeight]);
        var y = edges.SelectMany(e => Enumerable.Range(-Reach, 2 * Reach + 1).Select(step => e + step * Sizes.LaneSpacing)).Concat([from, to])
            .Where(c => between.All(p => c <= p.Y - 8 || c >= p.Y + p.FullHeight + 8))
            .Where(c => taken.All(t => t.Last < first || t.First > last || Math.Abs(t.Y - c) >= Sizes.LaneSpacing - 1))
            .MinBy(c => (Math.Abs(c - from) + Math.Abs(c - to), c));
        taken.Add((y, first, last));
        return y;
    }
}
