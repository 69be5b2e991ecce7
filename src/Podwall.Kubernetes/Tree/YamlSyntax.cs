using YamlDotNet.Core;

namespace Podwall.Kubernetes;

/// <summary>Turns the YAML parser's words into a finding with a place and a way out.</summary>
internal static class YamlSyntax
{
    private const string TabFix = "Indent with spaces; YAML allows no tabs there.";

    public static UnreadableTextException Explain(YamlException error, YamlChunk chunk, string file)
    {
        var lines = chunk.Text.Split('\n');
        // At the end of the text the parser points behind the last line.
        var at = (int)Math.Clamp(error.Start.Line, 1, lines.Length);
        if (TabbedLine(lines, at) is { } tabbed)
            return new(new(file, tabbed + chunk.LinesBefore, lines[tabbed - 1].IndexOf('\t') + 1), "the line is indented with a tab", TabFix)
            { ServerMessage = $"yaml: line {tabbed}: found character that cannot start any token" };
        var message = Plain(error.Message);
        return new(new(file, at + chunk.LinesBefore, (int)Math.Max(1, error.Start.Column)), $"broken YAML: {message}", Fix(lines, at, message))
        {
            // go-yaml counts lines from 0 in what its parser reports, and names the place where it gave up.
            ServerMessage = $"yaml: line {error.End.Line + chunk.LinesBefore - 1}: {message}",
        };
    }

    private static string Plain(string message)
    {
        var text = message[(message.LastIndexOf("): ", StringComparison.Ordinal) is >= 0 and var mark ? mark + 3 : 0)..];
        var cut = text.StartsWith("While ", StringComparison.OrdinalIgnoreCase) ? text.IndexOf(", ", StringComparison.Ordinal) : -1;
        text = (cut < 0 ? text : text[(cut + 2)..]).TrimEnd('.');
        return text.Length == 0 ? "unreadable" : char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static int? TabbedLine(string[] lines, int at)
    {
        for (var line = at; line >= Math.Max(1, at - 2); line--)
        {
            var text = lines[line - 1];
            var indent = text.AsSpan(0, text.Length - text.AsSpan().TrimStart(" \t").Length);
            if (indent.Contains('\t'))
                return line;
        }

        return null;
    }

    private static string Fix(string[] lines, int at, string message)
    {
        var line = lines[at - 1];
        if (line.Contains("{{"))
            return "This looks like a Helm template: render it first, as in 'helm template CHART | podwall ... -'.";
        if (message.Contains("',' or '}'") || message.Contains("',' or ']'"))
            return "Close the bracket, or separate its entries with commas.";
        if (message.Contains("mapping values are not allowed") || message.Contains("implicit key"))
            return "Quote a value that contains ': ', and give the keys of one mapping the same indentation.";
        if (message.Contains("expected key") || message.Contains("block collection") || message.Contains("block mapping") || message.Contains("'-' indicator"))
            return "Give the keys of one mapping, and the '-' of one list, the same indentation.";
        return "Check indentation, quotes and brackets on this line and the one before.";
    }
}
