using System.Text;

namespace Podwall.Drawing.Svg;

/// <summary>Estimates how wide text is in a system font, rather too wide than too narrow: there is no font to ask here.</summary>
internal static class TextWidth
{
    public static int Of(string text, double size, bool bold = false)
    {
        var units = 0.0;
        foreach (var rune in text.EnumerateRunes())
            units += UnitsOf(rune);
        return (int)Math.Ceiling(units * size * (bold ? 1.12 : 1));
    }

    /// <summary>The text, cut with an ellipsis where it is wider than the room.</summary>
    public static string Fit(string text, double size, int room, bool bold = false)
    {
        if (Of(text, size, bold) <= room)
            return text;
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Of($"{kept}{rune}…", size, bold) > room)
                break;
            kept.Append(rune);
        }

        return $"{kept.ToString().TrimEnd()}…";
    }

    /// <summary>The text in lines of words no wider than the room.</summary>
    public static IEnumerable<string> Wrap(string text, double size, int room, bool bold = false)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && Of(longer, size, bold) > room)
            {
                yield return line;
                longer = word;
            }

            line = longer;
        }

        yield return line;
    }

    private static double UnitsOf(Rune rune) => rune.Value switch
    {
        'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '\'' or '!' => 0.34,
        'f' or 't' or 'r' or ' ' or '-' or '/' or '(' or ')' or '[' or ']' => 0.42,
        'm' or 'w' or 'M' or 'W' or '@' or '%' or '+' or '=' or '<' or '>' => 0.95,
        >= 'A' and <= 'Z' => 0.71,
        < 0x2E80 => 0.62,
        _ => 1.1,
    };
}
