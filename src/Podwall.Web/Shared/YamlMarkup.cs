using System.Net;
using System.Text.RegularExpressions;

namespace Podwall.Web.Shared;

/// <summary>YAML as lines of markup; every piece of the text is encoded here.</summary>
public static partial class YamlMarkup
{
    public static IEnumerable<string> Lines(string text) => text.TrimEnd('\n').Split('\n').Select(Line);

    private static string Line(string line)
    {
        if (Comment().Match(line) is { Success: true } comment)
            return Line(line[..comment.Index]) + Span("c", line[comment.Index..]);
        if (Key().Match(line) is not { Success: true } key)
            return Value(line);
        return Encode(key.Groups["lead"].Value) + Span("k", key.Groups["key"].Value) + Span("p", ":") + Value(line[key.Length..]);
    }

    private static string Value(string text) => text.Trim().Length == 0 ? Encode(text)
        : text.TrimStart().StartsWith('{') || text.TrimStart().StartsWith('[') ? Flow().Replace(text, m => m.Groups["key"].Success ? Span("k", m.Value) : m.Groups["word"].Success ? Scalar(m.Value) : Encode(m.Value))
        : Scalar(text);

    private static string Scalar(string text) => Span(Number().IsMatch(text.Trim()) ? "n" : "s", text);

    private static string Span(string css, string text) => text.Length == 0 ? "" : $"<span class=\"y-{css}\">{Encode(text)}</span>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"(?:^|(?<=\s))#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?<lead>\s*(?:-\s+)*)(?<key>[A-Za-z0-9_./-]+):(?=\s|$)")]
    private static partial Regex Key();

    [GeneratedRegex(@"(?<key>[A-Za-z0-9_./-]+(?=:\s))|(?<word>[A-Za-z0-9_./-]+)|[^A-Za-z0-9_./-]+")]
    private static partial Regex Flow();

    [GeneratedRegex(@"^(?:\d+|true|false|null|~)$")]
    private static partial Regex Number();
}
