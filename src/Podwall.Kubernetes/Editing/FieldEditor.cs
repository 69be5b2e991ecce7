using System.Text.RegularExpressions;
using Podwall.Policy.Linting;
using YamlDotNet.Core;

namespace Podwall.Kubernetes.Editing;

/// <summary>
/// Edits fields of objects in the text they were read from: what is not edited stays as it is, comments and layout too. A
/// form that it cannot edit so is left alone.
/// </summary>
public sealed partial class FieldEditor
{
    private readonly string text;
    private readonly string newLine;
    private readonly List<TextSpan> spans;

    public FieldEditor(string text)
    {
        this.text = text;
        newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        spans = TextSpan.ReadAll(text);
    }

    /// <summary>The edit of the text; null where the object or the field has a form that cannot be edited.</summary>
    public TextEdit? Of(SourcePosition root, LintEdit edit)
    {
        if (spans.FirstOrDefault(s => s.IsMapping && s.Start.Line == root.Line && s.Start.Column == root.Column) is not { } document)
            return null;
        return edit switch
        {
            LintEdit.Replace(var field, var value) => Replace(Find(document, field), value),
            LintEdit.Remove(var field) => Remove(document, field),
            LintEdit.Add(var mapping, var key, var value) => Add(Find(document, mapping), key, value),
            _ => null,
        };
    }

    private static TextSpan? Find(TextSpan root, string field)
    {
        var span = root;
        foreach (var (name, index) in FieldPath.Parse(field).Steps())
            span = span?.Child(name, index);
        return span;
    }

    private TextEdit? Replace(TextSpan? scalar, string value)
    {
        if (scalar is null or { IsMapping: true } or { IsSequence: true })
            return null;
        var written = scalar.Style switch
        {
            ScalarStyle.DoubleQuoted => $"\"{value}\"",
            ScalarStyle.SingleQuoted => $"'{value}'",
            ScalarStyle.Plain => value.Contains(": ", StringComparison.Ordinal) || value.StartsWith(':') || value.EndsWith(':') ? $"\"{value}\"" : value,
            _ => null,
        };
        return written is null ? null : new(At(scalar.Start), scalar.EndIndex, written);
    }

    private TextEdit? Remove(TextSpan root, string field)
    {
        var steps = FieldPath.Parse(field).Steps().ToArray();
        var owner = root;
        foreach (var (name, index) in steps[..^1])
            owner = owner?.Child(name, index);
        var last = steps[^1];
        var place = owner is null ? -1 : last.Name is null ? last.Index : owner.Children.FindLastIndex(c => c.Key == last.Name);
        if (owner is null || place < 0 || place >= owner.Children.Count)
            return null;
        return owner.IsFlow ? RemoveFlow(owner, place) : RemoveLines(owner, place);
    }

    private static TextEdit RemoveFlow(TextSpan owner, int place)
    {
        var child = owner.Children[place];
        return place + 1 < owner.Children.Count ? new(At(child.KeyStart), At(owner.Children[place + 1].KeyStart), "")
            : place > 0 ? new(owner.Children[place - 1].Value.EndIndex, child.Value.EndIndex, "")
            : new(At(child.KeyStart), child.Value.EndIndex, "");
    }

    // Whole lines, from the dash or the key to the end of the value; nothing else may stand before it on the line.
    private TextEdit? RemoveLines(TextSpan owner, int place)
    {
        var child = owner.Children[place];
        var begin = At(child.KeyStart);
        if (owner.IsSequence)
        {
            begin = text.LastIndexOf('-', Math.Max(0, begin - 1));
            if (begin < 0 || text[(begin + 1)..At(child.KeyStart)].Trim().Length > 0)
                return null;
        }

        var start = begin == 0 ? 0 : text.LastIndexOf('\n', begin - 1) + 1;
        if (text[start..begin].Trim().Length > 0 || owner.Children.Count < 2)
            return null;
        var end = child.Value.EndIndex;
        // A block scalar ends where the next line begins.
        if (end == 0 || text[end - 1] != '\n')
            end = text.IndexOf('\n', end) is >= 0 and var feed ? feed + 1 : text.Length;
        return new(start, end, "");
    }

    private TextEdit? Add(TextSpan? mapping, string key, string value)
    {
        if (mapping is not { IsMapping: true, Children.Count: > 0 })
            return null;
        var after = mapping.Children.Find(c => c.Key == "podSelector").Value ?? mapping.Children[^1].Value;
        if (mapping.IsFlow)
        {
            var isJson = text[At(mapping.Children[0].KeyStart)] == '"';
            return new(after.EndIndex, after.EndIndex, isJson ? $", \"{key}\": {Word().Replace(value, "\"$0\"")}" : $", {key}: {value}");
        }

        var first = At(mapping.Children[0].KeyStart);
        var indent = first - (first == 0 ? 0 : text.LastIndexOf('\n', first - 1) + 1);
        var end = after.EndIndex;
        if (end > 0 && text[end - 1] != '\n')
            end = text.IndexOf('\n', end) is >= 0 and var feed ? feed + 1 : text.Length;
        var line = $"{new string(' ', indent)}{key}: {value}";
        return new(end, end, end > 0 && text[end - 1] != '\n' ? $"{newLine}{line}" : $"{line}{newLine}");
    }

    private static int At(Mark mark) => (int)mark.Index;

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
