namespace Podwall.Drawing.Svg.Painting;

/// <summary>The small shapes that say a mark without colour: a ring, a shield, a full shield with a bar.</summary>
internal static class Icons
{
    /// <summary>Draws the icon of a mark in the 12 by 12 pixels right and below of a point.</summary>
    public static void Draw(SvgWriter svg, Mark mark, int x, int y)
    {
        var css = $"mark {mark.Css()}";
        if (mark == Mark.Open)
        {
            svg.Shape("circle", ("class", css), ("cx", x + 6), ("cy", y + 6), ("r", 4));
            return;
        }

        svg.Shape("path", ("class", css), ("d", $"M{x + 6} {y}l5 2v3.5c0 3 -2 5.2 -5 6.5c-3 -1.3 -5 -3.5 -5 -6.5v-3.5z"));
        if (mark == Mark.Closed)
            svg.Shape("path", ("class", "slash"), ("d", $"M{x + 3.5:0.0} {y + 6}h5"));
        if (mark == Mark.Partly)
            svg.Shape("path", ("class", css), ("d", $"M{x + 6} {y}v12"));
    }
}
