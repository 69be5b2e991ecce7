using System.Globalization;
using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>RFC 6902, with pointers as in RFC 6901.</summary>
internal static class JsonPatch
{
    // The API server's own limit.
    private const int MostOperations = 10_000;

    public static JsonNode? Apply(JsonNode target, JsonArray patch)
    {
        if (patch.Count > MostOperations)
            throw ApiFailure.Of(413, "RequestEntityTooLarge", $"The allowed maximum operations in a JSON patch is {MostOperations}, got {patch.Count}");
        JsonNode? document = target.DeepClone();
        foreach (var operation in patch)
            document = Apply(document, operation as JsonObject ?? throw Patch.Unreadable("an operation is no object"));
        return document;
    }

    private static JsonNode? Apply(JsonNode? document, JsonObject operation)
    {
        var path = Pointer(operation, "path");
        switch (Text(operation, "op"))
        {
            case "add":
                return Add(document, path, Value(operation));
            case "remove":
                return Remove(document, path, out _);
            case "replace":
                Find(document, path);
                return path.Length == 0 ? Value(operation) : Replace(document, path, Value(operation));
            case "move":
                var from = Pointer(operation, "from");
                if (path.Length > from.Length && path.AsSpan().StartsWith(from))
                    throw Patch.Misfit();
                document = Remove(document, from, out var moved);
                return Add(document, path, moved);
            case "copy":
                return Add(document, path, Find(document, Pointer(operation, "from"))?.DeepClone());
            case "test":
                return JsonNode.DeepEquals(Find(document, path), Value(operation)) ? document : throw Patch.Misfit();
            case var unknown:
                throw Patch.Unreadable($"Unexpected kind: {unknown}");
        }
    }

    private static JsonNode? Add(JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
            return value;
        switch (Find(document, path[..^1]))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                return document;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                return document;
            case JsonArray list:
                list.Insert(Index(path[^1], list.Count), value);
                return document;
            default:
                throw Patch.Misfit();
        }
    }

    private static JsonNode? Replace(JsonNode? document, string[] path, JsonNode? value)
    {
        if (Find(document, path[..^1]) is JsonArray list)
            list[Index(path[^1], list.Count - 1)] = value;
        else
            ((JsonObject)Find(document, path[..^1])!)[path[^1]] = value;
        return document;
    }

    private static JsonNode? Remove(JsonNode? document, string[] path, out JsonNode? removed)
    {
        removed = Find(document, path);
        if (path.Length == 0)
            return null;
        if (Find(document, path[..^1]) is JsonArray list)
            list.RemoveAt(Index(path[^1], list.Count - 1));
        else
            ((JsonObject)Find(document, path[..^1])!).Remove(path[^1]);
        return document;
    }

    private static JsonNode? Find(JsonNode? node, string[] path)
    {
        foreach (var part in path)
            node = node switch
            {
                JsonObject parent when parent.TryGetPropertyValue(part, out var child) => child,
                JsonArray list => list[Index(part, list.Count - 1)],
                _ => throw Patch.Misfit(),
            };
        return node;
    }

    private static int Index(string part, int last) =>
        (part is "0" || (part.Length > 0 && part[0] is >= '1' and <= '9')) && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last
            ? index
            : throw Patch.Misfit();

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw Patch.Unreadable("an operation lacks its value");

    private static string[] Pointer(JsonObject operation, string field)
    {
        var text = Text(operation, field);
        if (text.Length == 0)
            return [];
        if (text[0] != '/')
            throw Patch.Misfit();
        return [.. text[1..].Split('/').Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static string Text(JsonObject operation, string field) =>
        operation[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Patch.Unreadable($"an operation lacks its {field}");
}
