using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Podwall.Kubernetes;

/// <summary>
/// Makes trees from the YAML parser's events. Documents are parsed one by one, so that a mistake in one hides nothing
/// in the others.
/// </summary>
internal sealed class YamlTreeReader(string file, ReadingLimits limits, StringPool strings, bool lettersAreText)
{
    private readonly Dictionary<string, TreeNode> anchors = new(StringComparer.Ordinal);
    private List<string> openAnchors = [];
    private int linesBefore;
    private int flowDepth;

    /// <summary>Where a letter was first taken for text that the API server takes for a boolean.</summary>
    public ScalarNode? FirstLetter { get; private set; }

    /// <summary>The documents of one chunk of text: more than one only where <c>...</c> separates them.</summary>
    /// <exception cref="UnreadableTextException">The text is no YAML, or breaks a limit.</exception>
    public void Read(YamlChunk chunk, List<TreeNode> documents)
    {
        (linesBefore, flowDepth, openAnchors) = (chunk.LinesBefore, 0, []);
        var tabbed = TabbedLines(chunk.Text);
        SourcePosition last = new(file, chunk.LinesBefore + 1, 1);
        try
        {
            var parser = new Parser(new Scanner(new StringReader(chunk.Text), skipComments: true));
            TreeBuilder builder = new(limits, strings);
            while (parser.MoveNext())
            {
                last = PositionOf(parser.Current!.Start);
                RefuseTabs(parser.Current, tabbed);
                if (parser.Current is DocumentStart)
                {
                    builder = new(limits, strings);
                    anchors.Clear();
                }

                Take(parser.Current!, builder);
                if (parser.Current is DocumentEnd && builder.Root is { IsNull: false } root)
                    documents.Add(root);
            }
        }
        catch (YamlException error)
        {
            throw YamlSyntax.Explain(error, chunk, file);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            throw YamlSyntax.Unparsable(last, chunk);
        }
    }

    // go-yaml refuses tabs before a value in block style, where this parser lets some pass.
    private void RefuseTabs(ParsingEvent found, Dictionary<int, int>? tabbed)
    {
        if (flowDepth > 0)
            flowDepth += found.NestingIncrease;
        else if (found is NodeEvent or AnchorAlias)
        {
            if (tabbed is not null && tabbed.TryGetValue((int)found.Start.Line, out var column) && found.Start.Column >= column && found is not Scalar { Value: "" })
                throw YamlSyntax.Tabbed(PositionOf(found.Start) with { Column = column });
            if (found is MappingStart { Style: MappingStyle.Flow } or SequenceStart { Style: SequenceStyle.Flow })
                flowDepth = 1;
        }
    }

    private static Dictionary<int, int>? TabbedLines(string text)
    {
        if (!text.Contains('\t'))
            return null;
        Dictionary<int, int> tabbed = [];
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (YamlSyntax.IsTabbed(line))
                tabbed[number] = line.IndexOf('\t') + 1;
        }

        return tabbed;
    }

    private void Take(ParsingEvent found, TreeBuilder builder)
    {
        var position = PositionOf(found.Start);
        switch (found)
        {
            case Scalar scalar:
                Take(scalar, position, builder);
                break;
            case MappingStart mapping:
                builder.BeginMapping(position, Open(mapping));
                break;
            case SequenceStart sequence:
                builder.BeginSequence(position, Open(sequence));
                break;
            case MappingEnd or SequenceEnd:
                var (node, anchor) = builder.End();
                if (anchor is not null)
                {
                    openAnchors.Remove(anchor);
                    anchors[anchor] = node;
                }

                break;
            case AnchorAlias alias:
                Take(alias, position, builder);
                break;
        }
    }

    private void Take(Scalar scalar, SourcePosition position, TreeBuilder builder)
    {
        var isPlain = scalar.Style == ScalarStyle.Plain;
        var tag = scalar.Tag.IsEmpty ? null : scalar.Tag.IsNonSpecific ? "tag:yaml.org,2002:str" : scalar.Tag.Value;
        var isLetter = lettersAreText && tag is null && YamlScalars.IsAmbiguousLetter(scalar.Value, isPlain);
        var (type, text) = isLetter ? (ScalarType.Text, scalar.Value) : YamlScalars.Resolve(scalar.Value, tag, isPlain);
        var node = new ScalarNode(position, type, strings.Intern(text), type == ScalarType.Text ? null : strings.Intern(scalar.Value));
        if (isLetter)
            FirstLetter ??= node;
        if (!scalar.Anchor.IsEmpty)
            anchors[scalar.Anchor.Value] = node;
        if (builder.WantsKey)
            TakeKey(node, builder, YamlScalars.IsMerge(scalar.Value, isPlain));
        else
            builder.Add(node);
    }

    private static void TakeKey(ScalarNode key, TreeBuilder builder, bool isMerge)
    {
        if (key.Type == ScalarType.Null)
            throw new UnreadableTextException(key.Position, "a mapping key is missing", "Write the key before the ':', or quote it if it is meant to be \"null\".");
        builder.Key(key.Text, key.Position, isMerge);
    }

    private void Take(AnchorAlias alias, SourcePosition position, TreeBuilder builder)
    {
        var name = alias.Value.Value;
        if (openAnchors.Contains(name))
            throw new UnreadableTextException(position, $"anchor '{name}' value contains itself", "Let the alias point to a value that does not hold it.");
        if (!anchors.TryGetValue(name, out var target))
            throw new UnreadableTextException(position, $"unknown anchor '{name}' referenced", $"Define &{name} earlier in the same document; anchors do not cross '---'.");
        if (!builder.WantsKey)
            builder.AddAlias(target, position);
        else if (target is ScalarNode key)
            TakeKey(key, builder, isMerge: false);
        else
            throw new UnreadableTextException(position, "a mapping key must be a plain value, not a mapping or a list", $"Write the key out instead of *{name}.");
    }

    private string? Open(NodeEvent start)
    {
        if (start.Anchor.IsEmpty)
            return null;
        // An anchor may be named again; until the new value ends, the name stands for nothing.
        openAnchors.Add(start.Anchor.Value);
        return start.Anchor.Value;
    }

    private SourcePosition PositionOf(Mark mark) => new(file, (int)mark.Line + linesBefore, (int)mark.Column);
}
