using YamlDotNet.Core;

namespace Podwall.Kubernetes;

/// <summary>Turns the YAML parser's words into a finding with a place and a way out.</summary>
internal static class YamlSyntax
{
    private const string TabFix = "Indent with spaces; YAML allows no tabs there.";

    private const string GeneralFix = "Check indentation, quotes and brackets on this line and the one before.";

    public static UnreadableTextException Explain(YamlException error, YamlChunk chunk, string file)
    {
        var lines = chunk.Text.Split('\n');
        // At the end of the text the parser points behind the last line.
        var at = (int)Math.Clamp(error.Start.Line, 1, lines.Length);
        var message = Plain(error.Message);
        if (TabbedLine(lines, at, message) is { } tabbed)
            return Tabbed(new(file, tabbed + chunk.LinesBefore, lines[tabbed - 1].IndexOf('\t') + 1));
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

    // The parser may name a tab at the mapping's start, or notice it only lines later and say nothing of it.
    private static int? TabbedLine(string[] lines, int at, string message)
    {
        var (first, last) = message.Contains(" tab ") ? (1, lines.Length) : (Math.Max(1, at - 2), at);
        for (var line = first; line <= last; line++)
            if (IsTabbed(lines[line - 1].AsSpan()))
                return line;
        return null;
    }

    /// <summary>Whether a tab stands before the first value of a line; list dashes count as indentation.</summary>
    public static bool IsTabbed(ReadOnlySpan<char> line) => line[..^line.TrimStart(" \t-?").Length].Contains('\t') && !line.TrimStart(" \t").StartsWith('#');

    public static UnreadableTextException Tabbed(SourcePosition position) => new(position, "the line is indented with a tab", TabFix)
    {
        ServerMessage = $"yaml: line {position.Line}: found character that cannot start any token",
    };

    /// <summary>The parser itself broke: its bug (tabs inside brackets do it), but the text's fault.</summary>
    public static UnreadableTextException Unparsable(SourcePosition last, YamlChunk chunk)
    {
        var lines = chunk.Text.Split('\n');
        var at = last.Line - chunk.LinesBefore;
        return TabbedLine(lines, Math.Min(at + 2, lines.Length), "") is { } tabbed
            ? Tabbed(last with { Line = tabbed + chunk.LinesBefore, Column = lines[tabbed - 1].IndexOf('\t') + 1 })
            : new(last, "broken YAML: the text after this place cannot be parsed", GeneralFix);
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
        return GeneralFix;
    }
}
