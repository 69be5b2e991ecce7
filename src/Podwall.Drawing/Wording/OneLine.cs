using System.Globalization;
using System.Text;

namespace Podwall.Drawing.Wording;

/// <summary>Text of unknown origin made safe to stand in a line: nothing that breaks it, hides in it or turns it round.</summary>
internal static class OneLine
{
    public static string Of(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            safe.Append(IsPlain(rune) ? rune.ToString() : "\uFFFD");
        return safe.ToString();
    }

    // Direction overrides and other format characters could make a name look like another one.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned)
        && rune.Value is not (0xFFFE or 0xFFFF);
}
