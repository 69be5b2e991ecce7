using Podwall.Drawing.Svg.Layout;

namespace Podwall.Drawing.Svg.Painting;

/// <summary>Explains what the picture uses, and nothing that it does not use.</summary>
internal sealed class Legend(Board board)
{
    private const int ItemGap = 22;
    private const int SampleWidth = 30;

    public int Height(int width) => Rows(width).Count() * 20 + (board.Notes.Count > 0 ? 6 : 0) + Notes(width).Count() * 16;

    public void Paint(SvgWriter svg, int x, int y, int width)
    {
        svg.Open("g", ("class", "legend"));
        foreach (var row in Rows(width))
        {
            var at = x;
            foreach (var item in row)
            {
                item.Sample(svg, at, y);
                svg.Text(at + SampleWidth + 6, y + 4, "small muted", item.Text);
                at += WidthOf(item.Text);
            }

            y += 20;
        }

        foreach (var line in Notes(width))
            svg.Text(x, (y += 16) - 4, "small muted", line);
        svg.Close("g");
    }

    private static int WidthOf(string text) => SampleWidth + 6 + TextWidth.Of(text, Sizes.Small) + ItemGap;

    private IEnumerable<string> Notes(int width) => board.Notes.SelectMany(n => TextWidth.Wrap(n, Sizes.Small, width));

    private IEnumerable<List<Item>> Rows(int width)
    {
        List<Item> row = [];
        var used = 0;
        foreach (var item in Marks().Concat(Lines()))
        {
            if (row.Count > 0 && used + WidthOf(item.Text) > width)
            {
                yield return row;
                (row, used) = ([], 0);
            }

            row.Add(item);
            used += WidthOf(item.Text);
        }

        if (row.Count > 0)
            yield return row;
    }

    private IEnumerable<Item> Marks() =>
        from entry in ((Mark, string)[])
        [
            (Mark.Open, "open: no policy isolates it"),
            (Mark.Isolated, "isolated: only what is drawn passes"),
            (Mark.Closed, "closed: isolated, and nothing passes"),
            (Mark.Partly, "partly: some of its pods are isolated"),
        ]
        where board.Cards.SelectMany(c => (Marks?[])[c.Before, c.After]).OfType<Marks>().Any(m => m.Ingress == entry.Item1 || m.Egress == entry.Item1)
        select new Item(entry.Item2, (svg, x, y) => Icons.Draw(svg, entry.Item1, x + 9, y - 6));

    private IEnumerable<Item> Lines()
    {
        var looks = board.Connections.Where(c => !c.IsInscribed)
            .SelectMany(c => (Look?[])[board.IsComparison ? c.LookAt(Phase.Before) : null, c.LookAt(Phase.After)]).OfType<Look>().ToHashSet();
        foreach (var (look, text) in ((Look, string)[])[(Look.Allow, "allowed"), (Look.Add, "newly allowed"), (Look.Change, "allowed, but changed"), (Look.Deny, "denied")])
            if (looks.Contains(look))
                yield return new(text, (svg, x, y) => Line(svg, look, x, y));
        if (board.Connections.Any(c => !c.IsInscribed && (c.From is End.Whole || c.To is End.Whole)))
            yield return new("an arrow at the box itself: every pod in it", Box);
    }

    private static void Line(SvgWriter svg, Look look, int x, int y)
    {
        svg.Open("g", ("class", look.Css()));
        ArrowSample.Draw(svg, look, x, y, SampleWidth);
        svg.Close("g");
    }

    private static void Box(SvgWriter svg, int x, int y)
    {
        svg.Open("g", ("class", "place"));
        svg.Shape("rect", ("x", x + 12), ("y", y - 7), ("width", 18), ("height", 14), ("rx", 3));
        svg.Close("g");
        svg.Open("g", ("class", "allow"));
        svg.Shape("path", ("class", "wire"), ("d", $"M{x} {y}h6"));
        svg.Shape("path", ("class", "head"), ("d", $"M{x + 12} {y}l-7 -4v8z"));
        svg.Close("g");
    }

    private sealed record Item(string Text, Action<SvgWriter, int, int> Sample);
}
