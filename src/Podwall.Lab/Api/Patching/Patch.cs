using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api.Patching;

/// <summary>Applies the body of a PATCH to an object, as the API server does.</summary>
public static class Patch
{
    /// <summary>How deep a patch and its result may be nested.</summary>
    internal const int DeepestNesting = 100;

    /// <summary>The patched copy of <paramref name="target"/>, always an object; nothing of it is shared with the target.</summary>
    /// <exception cref="PatchException">The patch is malformed or does not fit the target.</exception>
    public static JsonNode Apply(PatchType type, JsonNode target, ReadOnlyMemory<byte> patch, ResourceType resource)
    {
        var document = Parse(patch);
        var copy = target.DeepClone();
        var result = type switch
        {
            PatchType.Json => JsonPatch.Apply(copy, document),
            PatchType.Merge => MergePatch.Apply(copy, document as JsonObject ?? throw PatchException.Malformed("Invalid JSON Patch")),
            PatchType.StrategicMerge => StrategicPatch.Apply(
                copy as JsonObject ?? throw PatchException.Rejected(),
                document as JsonObject ?? throw PatchException.Malformed("Invalid JSON document"),
                MergeShape.Of(resource)),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
        return result as JsonObject ?? throw PatchException.Rejected();
    }

    internal static JsonNode? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            return ToNode(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw PatchException.Malformed($"error decoding patch: {e.Message}");
        }
    }

    // Not JsonNode.Parse: of a name that stands twice the last holds here, and text that is no Unicode fails here and not when it is written.
    private static JsonNode? ToNode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var fields = new JsonObject();
                foreach (var field in element.EnumerateObject())
                    fields[field.Name] = ToNode(field.Value);
                return fields;
            case JsonValueKind.Array:
                var items = new JsonArray();
                foreach (var item in element.EnumerateArray())
                    items.Add(ToNode(item));
                return items;
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
