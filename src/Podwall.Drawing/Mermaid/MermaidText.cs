using System.Text;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Mermaid;

/// <summary>Escapes text for a quoted Mermaid label, in which HTML and Markdown would otherwise take effect.</summary>
internal static class MermaidText
{
    public static string Of(IEnumerable<string> lines) => string.Join("<br/>", lines.Select(Line));

    private static string Line(string text)
    {
        var escaped = new StringBuilder();
        foreach (var character in OneLine.Of(text))
        {
            if (IsPlain(character))
                escaped.Append(character);
            else
                escaped.Append($"#{(int)character};");
        }

        return escaped.ToString();
    }

    // Everything else is written by number: quotes, brackets, backticks, '#', ';' and '&' all mean something to Mermaid.
    private static bool IsPlain(char character) =>
        char.IsLetterOrDigit(character) || char.IsSurrogate(character) || character is ' ' or '.' or ',' or ':' or '-' or '/' or '=' or '(' or ')' or '+' or '×' or '·';
}
