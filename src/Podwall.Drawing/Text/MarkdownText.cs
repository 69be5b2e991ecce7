using System.Text;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Text;

/// <summary>Texts in Markdown. Names come from files: what is HTML, a table, a link or a mention there must not become one here.</summary>
public static class MarkdownText
{
    /// <summary>On one line, as what it is.</summary>
    public static string Escaped(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (var c in OneLine.Of(text.ReplaceLineEndings(" ")))
            escaped.Append(c is '|' or '*' or '_' or '`' or '[' or ']' or '<' or '>' or '\\' or '~' or '&' or '#' or '!' ? $"\\{c}" : c == '@' ? "&#64;" : $"{c}");
        return escaped.ToString();
    }

    /// <summary>On one line, as code.</summary>
    public static string Code(string text) => $"`{OneLine.Of(text.ReplaceLineEndings(" ")).Replace('`', '\'')}`";
}
