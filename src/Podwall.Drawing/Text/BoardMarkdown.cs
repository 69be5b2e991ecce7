using System.Text;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Text;

/// <summary>The facts of a board as a list in Markdown, in which no name takes effect as markup.</summary>
public static class BoardMarkdown
{
    public static string Draw(Board board) => string.Concat(BoardText.Facts(board).Select(f => $"- {Escape(OneLine.Of(f))}\n"));

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
            escaped.Append(c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '|' or '~' or '&' or '#' or '!' ? $"\\{c}" : c == '@' ? "&#64;" : $"{c}");
        return escaped.ToString();
    }
}
