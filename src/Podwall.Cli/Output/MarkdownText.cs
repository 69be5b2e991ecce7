using System.Text;

namespace Podwall.Cli.Output;

/// <summary>Texts in Markdown. Names come from files: what is HTML, a table, a link or a mention there must not become one here.</summary>
internal static class MarkdownText
{
    public static string Escaped(string text)
    {
        StringBuilder escaped = new();
        foreach (var c in text)
            escaped.Append(c is '|' or '*' or '_' or '`' or '[' or ']' or '<' or '>' or '\\' or '~' or '&' or '#' ? $"\\{c}" : char.IsControl(c) ? " " : c == '@' ? "&#64;" : $"{c}");
        return escaped.ToString();
    }

    public static string Code(string text) => $"`{text.ReplaceLineEndings(" ").Replace('`', '\'')}`";
}
