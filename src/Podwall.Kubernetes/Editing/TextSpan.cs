using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Podwall.Kubernetes.Editing;

/// <summary>
/// A value with the characters that it stands on. The end of a block list or mapping is that of its last value, so that
/// comments behind it are not its own.
/// </summary>
internal sealed record TextSpan(Mark Start, Mark End, bool IsFlow, ScalarStyle Style)
{
    /// <summary>The values of a mapping by key, or of a list.</summary>
    public List<(string? Key, Mark KeyStart, TextSpan Value)> Children { get; } = [];

    public bool IsMapping { get; init; }

    public bool IsSequence { get; init; }

    /// <summary>Where the text goes on behind the value. The parser's mark of a closing bracket lies before it.</summary>
    public int EndIndex => IsFlow ? (int)End.Index + 1 : Children.Count == 0 ? (int)End.Index : Children[^1].Value.EndIndex;

    public TextSpan? Child(string? name, int index) => name is null
        ? IsSequence && index < Children.Count ? Children[index].Value : null
        : Children.LastOrDefault(c => c.Key == name).Value;

    /// <summary>Every document's root, and every value below it, of a text that is known to be readable.</summary>
    public static List<TextSpan> ReadAll(string text)
    {
        List<TextSpan> all = [];
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
            if (parser.Current is NodeEvent)
                Read(parser, all);
        return all;
    }

    private static TextSpan Read(Parser parser, List<TextSpan> all)
    {
        switch (parser.Current)
        {
            case MappingStart mapping:
                {
                    List<(string?, Mark, TextSpan)> children = [];
                    parser.MoveNext();
                    while (parser.Current is not MappingEnd)
                    {
                        var (key, start) = ((parser.Current as Scalar)?.Value, parser.Current!.Start);
                        Read(parser, []);
                        children.Add((key, start, Read(parser, all)));
                    }

                    return Done(parser, all, new(mapping.Start, parser.Current!.End, mapping.Style == MappingStyle.Flow, ScalarStyle.Any) { IsMapping = true }, children);
                }

            case SequenceStart sequence:
                {
                    List<(string?, Mark, TextSpan)> children = [];
                    parser.MoveNext();
                    while (parser.Current is not SequenceEnd)
                    {
                        var start = parser.Current!.Start;
                        children.Add((null, start, Read(parser, all)));
                    }

                    return Done(parser, all, new(sequence.Start, parser.Current!.End, sequence.Style == SequenceStyle.Flow, ScalarStyle.Any) { IsSequence = true }, children);
                }

            default:
                return Done(parser, all, new(parser.Current!.Start, parser.Current.End, IsFlow: false, (parser.Current as Scalar)?.Style ?? ScalarStyle.Any), []);
        }
    }

    private static TextSpan Done(Parser parser, List<TextSpan> all, TextSpan span, List<(string?, Mark, TextSpan)> children)
    {
        span.Children.AddRange(children);
        all.Add(span);
        parser.MoveNext();
        return span;
    }
}
