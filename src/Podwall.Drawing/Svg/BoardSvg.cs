using Podwall.Drawing.Svg.Layout;
using Podwall.Drawing.Svg.Painting;
using Podwall.Drawing.Text;

namespace Podwall.Drawing.Svg;

/// <summary>
/// A board as a picture that needs nothing but itself: no script, no font, no reference. A comparison is two panels of the
/// same layout, side by side where the width allows it.
/// </summary>
public static class BoardSvg
{
    private const int PanelGap = 36;
    private const int PhaseHeight = 28;
    private const int HeadingHeight = 34;
    private const int PhaseTitleWidth = 60;
    private const int TallestStack = 900;

    // Below this width, arrows beside boxes would leave no room for what stands in them.
    private const int RoomForWires = 480;

    public static string Draw(Board board, SvgOptions? options = null)
    {
        options ??= SvgOptions.Default;
        var margin = options.Width < RoomForWires ? Sizes.Margin / 2 : Sizes.Margin;
        var room = options.Width - 2 * margin;
        var (layout, beside) = Choose(board, room);
        var panels = board.IsComparison ? (Phase[])[Phase.Before, Phase.After] : [Phase.After];
        var panelHeight = layout.Height + (board.IsComparison ? PhaseHeight : 0);
        var (right, down) = beside ? (layout.Width + PanelGap, 0) : (0, panelHeight + PanelGap);
        var inner = Math.Max(layout.Width + (panels.Length - 1) * right, Math.Min(room, 520));
        var top = margin + (options.Title is null ? 0 : HeadingHeight);
        var legend = new Legend(board);
        var bottom = top + panelHeight + (panels.Length - 1) * down + 22;
        var (width, height) = (inner + 2 * margin, bottom + legend.Height(inner) + margin - 6);

        var svg = new SvgWriter();
        svg.Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("class", "podwall-board"), ("role", "img"), ("viewBox", $"0 0 {width} {height}"), ("width", width), ("height", height));
        svg.Element("title", options.Title ?? DefaultTitle(board));
        svg.Lines("desc", BoardText.Facts(board));
        if (options.EmbedStyle)
            svg.Style(BoardCss.Text);
        svg.Shape("rect", ("class", "bg"), ("width", width), ("height", height), ("rx", 10));
        if (options.Title is not null)
            svg.Text(margin, margin + 16, "heading", TextWidth.Fit(options.Title, 18, inner, bold: true));
        for (var i = 0; i < panels.Length; i++)
            PaintPanel(svg, board, layout, panels[i], options, margin + i * right, top + i * down);
        legend.Paint(svg, margin, bottom, inner);
        svg.Close("svg");
        return svg.ToString();
    }

    private static (BoardLayout Layout, bool Beside) Choose(Board board, int room)
    {
        if (room < RoomForWires && BoardLayout.Within(board, room) is var drawn)
            return (drawn.Width <= room ? drawn : BoardLayout.Written(board, room), false);
        if (!board.IsComparison)
            return (BoardLayout.Within(board, room), false);
        var half = BoardLayout.Within(board, (room - PanelGap) / 2);
        var full = BoardLayout.Within(board, room);
        // A tall stack of boxes with long wires beside it reads worse than two wide panels, one above the other.
        return half.Width <= (room - PanelGap) / 2 && (half.ColumnCount >= Math.Min(2, full.ColumnCount) || half.Height <= TallestStack)
            ? (half, true)
            : (full, false);
    }

    private static void PaintPanel(SvgWriter svg, Board board, BoardLayout layout, Phase phase, SvgOptions options, int x, int y)
    {
        svg.Open("g", ("class", phase == Phase.Before ? "panel before" : "panel after"), ("transform", $"translate({x} {y})"));
        if (board.IsComparison)
        {
            svg.Text(0, 14, "phase", phase == Phase.Before ? options.BeforeTitle : options.AfterTitle);
            if (phase == Phase.After)
                svg.Text(layout.Width, 14, "small muted", TextWidth.Fit(Summary(board), Sizes.Small, layout.Width - PhaseTitleWidth), "end");
            svg.Open("g", ("transform", $"translate(0 {PhaseHeight})"));
        }

        var (places, wires) = (new PlacePainter(svg, board, phase), new WirePainter(svg, board, phase));
        foreach (var place in layout.Places)
            places.Paint(place);
        wires.PaintLines(layout.Wires);
        wires.PaintLabels(layout.Wires);
        if (board.IsComparison)
            svg.Close("g");
        svg.Close("g");
    }

    private static string DefaultTitle(Board board) => board.IsComparison ? "Who may connect to whom, before and after" : "Who may connect to whom";

    private static string Summary(Board board) => string.Join(" · ", board.Connections.GroupBy(c => c.Change).OrderBy(g => g.Key)
        .Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
}
