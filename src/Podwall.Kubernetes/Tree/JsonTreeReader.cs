using System.Text;
using System.Text.Json;

namespace Podwall.Kubernetes;

/// <summary>Makes trees from JSON; several values may follow one another, as kubectl allows.</summary>
internal sealed class JsonTreeReader(string file, ReadingLimits limits, StringPool strings)
{
    private int offset;
    private int line = 1;
    private int column = 1;
    private char[] characters = new char[256];

    /// <exception cref="UnreadableTextException">The text is no JSON, or breaks a limit.</exception>
    public List<TreeNode> Read(ReadOnlySpan<byte> utf8)
    {
        List<TreeNode> documents = [];
        try
        {
            // One more than we take ourselves, so that the message about depth is ours.
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = limits.Depth + 2 });
            var builder = new TreeBuilder(limits, strings);
            while (reader.Read())
            {
                Take(ref reader, PositionOf(utf8, (int)reader.TokenStartIndex), builder);
                if (reader.CurrentDepth != 0 || builder.Root is not { } root)
                    continue;
                if (!root.IsNull)
                    documents.Add(root);
                builder = new(limits, strings);
            }
        }
        catch (JsonException error)
        {
            var position = new SourcePosition(file, (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1);
            var message = error.Message;
            if (message.IndexOf(" LineNumber:", StringComparison.Ordinal) is > 0 and var cut)
                message = message[..cut];
            throw new UnreadableTextException(position, $"broken JSON: {message}", "Check quotes, commas and brackets at this place.");
        }

        return documents;
    }

    private void Take(ref Utf8JsonReader reader, SourcePosition position, TreeBuilder builder)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                builder.BeginMapping(position);
                break;
            case JsonTokenType.StartArray:
                builder.BeginSequence(position);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                builder.End();
                break;
            case JsonTokenType.PropertyName:
                builder.Key(Text(ref reader), position);
                break;
            case JsonTokenType.String:
                builder.Add(new ScalarNode(position, ScalarType.Text, Text(ref reader)));
                break;
            case JsonTokenType.Number:
                builder.Add(new ScalarNode(position, ScalarType.Number, Text(ref reader)));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                builder.Add(new ScalarNode(position, ScalarType.Boolean, reader.TokenType == JsonTokenType.True ? "true" : "false"));
                break;
            case JsonTokenType.Null:
                builder.Add(new ScalarNode(position, ScalarType.Null, "", "null"));
                break;
        }
    }

    private string Text(ref Utf8JsonReader reader)
    {
        var length = reader.ValueSpan.Length;
        if (characters.Length < length)
            characters = new char[Math.Max(length, characters.Length * 2)];
        if (reader.TokenType == JsonTokenType.Number)
            return strings.Intern(characters.AsSpan(0, Encoding.UTF8.GetChars(reader.ValueSpan, characters)));
        try
        {
            return strings.Intern(characters.AsSpan(0, reader.CopyString(characters)));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair ("\ud800"): Go reads it as the replacement character.
            return "\uFFFD";
        }
    }

    // Tokens come in order, so the place is counted on from the last one.
    private SourcePosition PositionOf(ReadOnlySpan<byte> utf8, int target)
    {
        var passed = utf8[offset..target];
        for (int end; (end = passed.IndexOf((byte)'\n')) >= 0; passed = passed[(end + 1)..])
            (line, column) = (line + 1, 1);
        column += Encoding.UTF8.GetCharCount(passed);
        offset = target;
        return new(file, line, column);
    }
}
