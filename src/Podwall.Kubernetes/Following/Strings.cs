using System.Text.Json;

namespace Podwall.Kubernetes.Following;

/// <summary>Strings of a stream of objects, each once: namespaces, nodes, keys and values of labels.</summary>
internal sealed class Strings
{
    private const int Capacity = 16 * 1024;
    private const int LongestShared = 253;

    private readonly RecentByText<string, char, string> recent = new(Capacity, StringComparer.Ordinal);

    /// <summary>The text of the value that comes next; empty for null.</summary>
    public string Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? "" : Current(ref reader);
    }

    /// <summary>The text of the name or value at which the reader stands.</summary>
    public string Current(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > LongestShared)
            return reader.GetString()!;
        Span<char> characters = stackalloc char[LongestShared];
        return Share(characters[..reader.CopyString(characters)]);
    }

    private string Share(ReadOnlySpan<char> text)
    {
        if (recent.TryGet(text, out var known))
            return known;
        var fresh = text.ToString();
        recent.Add(fresh, fresh);
        return fresh;
    }
}
