namespace Podwall.Kubernetes;

/// <summary>The text between two <c>---</c> lines.</summary>
internal readonly record struct YamlChunk(string Text, int LinesBefore)
{
    /// <summary>
    /// Cuts at <c>---</c> lines, as kubectl does. No value can hold such a line: block scalars are indented and YAML
    /// forbids it inside quotes. Directives stay with the document that they introduce.
    /// </summary>
    public static IEnumerable<YamlChunk> Split(string text, string file, ReadingLimits limits)
    {
        int start = 0, startLine = 0, line = 0;
        var onlyDirectives = true;
        var hasDirective = false;
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            if (end - at > limits.YamlLineLength)
                throw new UnreadableTextException(new(file, line + 1, 1), $"the line is longer than {limits.YamlLineLength:N0} characters",
                    "Break the line, or give the data as JSON.");
            if (IsSeparator(text.AsSpan(at, end - at)) && !(hasDirective && onlyDirectives))
            {
                if (at > start)
                    yield return new(text[start..at], startLine);
                (start, startLine, onlyDirectives, hasDirective) = (at, line, true, false);
                onlyDirectives = false;
            }
            else
            {
                var content = text.AsSpan(at, end - at).Trim();
                hasDirective |= content.StartsWith('%');
                onlyDirectives &= content.IsEmpty || content[0] is '%' or '#';
            }

            at = end;
            line++;
        }

        if (start < text.Length)
            yield return new(text[start..], startLine);
    }

    private static bool IsSeparator(ReadOnlySpan<char> line) =>
        line.StartsWith("---") && (line.Length == 3 || line[3] is ' ' or '\t' or '\r' or '\n');
}
