using System.Globalization;
using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>RFC 6901: where in a document; no segments is the whole of it.</summary>
internal sealed record JsonPointer(string[] Segments)
{
    public bool IsRoot => Segments.Length == 0;

    public JsonPointer Parent => new(Segments[..^1]);

    public string Last => Segments[^1];

    public static JsonPointer Parse(string text)
    {
        if (text.Length == 0)
            return new([]);
        if (text[0] != '/')
            throw PatchException.Malformed($"the JSON pointer '{text}' does not begin with '/'");
        return new([.. text[1..].Split('/').Select(Unescape)]);
    }

    public bool IsProperPrefixOf(JsonPointer other) =>
        Segments.Length < other.Segments.Length && other.Segments.AsSpan().StartsWith(Segments);

    /// <summary>False where nothing is there; a null that is there is found.</summary>
    public bool TryFind(JsonNode? root, out JsonNode? found)
    {
        found = root;
        foreach (var segment in Segments)
            switch (found)
            {
                case JsonObject fields when fields.TryGetPropertyValue(segment, out var value):
                    found = value;
                    break;
                case JsonArray items when IndexIn(items, segment) is { } index:
                    found = items[index];
                    break;
                default:
                    return false;
            }
        return true;
    }

    /// <summary>The index of an item that is there, or null.</summary>
    public static int? IndexIn(JsonArray items, string segment) => Index(segment) is { } index && index < items.Count ? index : null;

    /// <summary>Where a new item may be put, <c>-</c> being the end; or null.</summary>
    public static int? PlaceIn(JsonArray items, string segment) =>
        segment == "-" ? items.Count : Index(segment) is { } index && index <= items.Count ? index : null;

    // Neither signs nor leading zeros.
    private static int? Index(string segment) =>
        (segment == "0" || segment is [not '0', ..]) && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static string Unescape(string segment)
    {
        for (var i = segment.IndexOf('~'); i >= 0; i = segment.IndexOf('~', i + 1))
            if (i + 1 == segment.Length || segment[i + 1] is not ('0' or '1'))
                throw PatchException.Malformed($"'~' in the JSON pointer segment '{segment}' is followed by neither 0 nor 1");
        return segment.Replace("~1", "/").Replace("~0", "~");
    }
}
