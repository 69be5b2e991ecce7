using Podwall.Drawing.Svg.Layout;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Svg.Painting;

/// <summary>Paints arrows: first all lines, then all labels, so that no line runs over a label.</summary>
internal sealed class WirePainter(SvgWriter svg, Board board, Phase phase)
{
    private const int Radius = 8;

    public void PaintLines(IEnumerable<Wire> wires)
    {
        foreach (var (wire, look) in Seen(wires))
        {
            var path = PathOf(Shortened(wire, look));
            svg.Open("g", ("class", look.Css()), ("data-connection", board.NumberOf(wire.Connection)));
            svg.Element("title", wire.Connection.Sentence(board.IsComparison));
            svg.Shape("path", ("class", "wire"), ("d", path));
            svg.Shape("path", ("class", "hit"), ("d", path));
            Tip(look, wire.Path[^2], wire.Path[^1]);
            if (wire.Connection.BothWays)
                Tip(look, wire.Path[1], wire.Path[0]);
            svg.Close("g");
        }
    }

    public void PaintLabels(IEnumerable<Wire> wires)
    {
        foreach (var (wire, look) in Seen(wires))
        {
            var (x, y) = (wire.LabelLeftAt(phase), wire.LabelAnchor.Y);
            var width = wire.LabelWidthAt(phase);
            svg.Open("g", ("class", look.Css()), ("data-connection", board.NumberOf(wire.Connection)));
            svg.Shape("rect", ("class", "pill"), ("x", x), ("y", y - Sizes.LabelHeight / 2), ("width", width), ("height", Sizes.LabelHeight), ("rx", 9));
            svg.Text(x + width / 2, y + 4, "small", wire.LabelAt(phase)!, "middle");
            svg.Close("g");
        }
    }

    private IEnumerable<(Wire Wire, Look Look)> Seen(IEnumerable<Wire> wires) =>
        wires.Select(w => (w, w.Connection.LookAt(phase))).Where(w => w.Item2 is not null).Select(w => (w.w, w.Item2!.Value));

    // The line ends where its head begins, lest it shows through the point.
    private static List<(int X, int Y)> Shortened(Wire wire, Look look)
    {
        List<(int X, int Y)> path = [.. wire.Path];
        if (look == Look.Deny)
            return path;
        path[^1] = Back(path[^2], path[^1]);
        if (wire.Connection.BothWays)
            path[0] = Back(path[1], path[0]);
        return path;

        static (int X, int Y) Back((int X, int Y) from, (int X, int Y) to) =>
            (to.X - Math.Sign(to.X - from.X) * (Sizes.Head - 2), to.Y - Math.Sign(to.Y - from.Y) * (Sizes.Head - 2));
    }

    /// <summary>An arrow's head; or a cross before a bar, where nothing passes.</summary>
    private void Tip(Look look, (int X, int Y) from, (int X, int Y) to)
    {
        var (dx, dy) = (Math.Sign(to.X - from.X), Math.Sign(to.Y - from.Y));
        if (look != Look.Deny)
        {
            var (bx, by) = (to.X - dx * Sizes.Head, to.Y - dy * Sizes.Head);
            svg.Shape("path", ("class", "head"), ("d", $"M{to.X} {to.Y}L{bx - dy * 5} {by + dx * 5}L{bx + dy * 5} {by - dx * 5}z"));
            return;
        }

        var (cx, cy) = (to.X - dx * 9, to.Y - dy * 9);
        svg.Shape("path", ("class", "stop"), ("d", $"M{cx - 4} {cy - 4}l8 8M{cx - 4} {cy + 4}l8 -8"));
    }

    private static string PathOf(List<(int X, int Y)> corners)
    {
        var points = corners.Where((p, i) => i == 0 || p != corners[i - 1]).ToArray();
        var path = $"M{points[0].X} {points[0].Y}";
        for (var i = 1; i < points.Length - 1; i++)
        {
            var (before, corner, after) = (points[i - 1], points[i], points[i + 1]);
            var radius = Math.Min(Radius, Math.Min(Length(before, corner), Length(corner, after)) / 2);
            var (inX, inY) = Towards(corner, before, radius);
            var (outX, outY) = Towards(corner, after, radius);
            path += $"L{inX} {inY}Q{corner.X} {corner.Y} {outX} {outY}";
        }

        return $"{path}L{points[^1].X} {points[^1].Y}";
    }

    private static int Length((int X, int Y) from, (int X, int Y) to) => Math.Abs(from.X - to.X) + Math.Abs(from.Y - to.Y);

    private static (int X, int Y) Towards((int X, int Y) from, (int X, int Y) to, int distance) =>
        (from.X + Math.Sign(to.X - from.X) * distance, from.Y + Math.Sign(to.Y - from.Y) * distance);
}
