using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Text;

/// <summary>The facts of a board as a list in Markdown, in which no name takes effect as markup.</summary>
public static class BoardMarkdown
{
    public static string Draw(Board board) => string.Concat(BoardText.Facts(board).Select(f => $"- {MarkdownText.Escaped(OneLine.Of(f))}\n"));
}
