using Podwall.Drawing.Svg.Layout;

namespace Podwall.Drawing.Svg.Painting;

/// <summary>A short arrow with the look of a connection: in the legend, and before a line that stands in place of an arrow.</summary>
internal static class ArrowSample
{
    public static void Draw(SvgWriter svg, Look look, int x, int y, int width)
    {
        svg.Shape("path", ("class", "wire"), ("d", $"M{x} {y}h{(look == Look.Deny ? width : width - Sizes.Head + 2)}"));
        svg.Shape("path", look == Look.Deny
            ? [("class", "stop"), ("d", $"M{x + 17} {y - 4}l8 8m-8 0l8 -8")]
            : [("class", "head"), ("d", $"M{x + width} {y}l{-Sizes.Head} -5v10z")]);
    }
}
