using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api.Patching;

internal enum PatchType
{
    Json,
    Merge,
    StrategicMerge,
}

/// <summary>Changes a tree as a PATCH says; the tree that is given stays as it was.</summary>
internal static class Patch
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 100, AllowDuplicateProperties = true };

    public static PatchType TypeOf(string? contentType) => contentType switch
    {
        PatchTypes.Json => PatchType.Json,
        PatchTypes.Merge => PatchType.Merge,
        PatchTypes.StrategicMerge => PatchType.StrategicMerge,
        "application/apply-patch+yaml" or "application/apply-patch+cbor" => throw ApiFailure.Of(415, "UnsupportedMediaType", "server-side apply is not there yet; use client-side apply", new()),
        _ => throw ApiFailure.Of(415, "UnsupportedMediaType", "415: Unsupported Media Type", new()),
    };

    /// <exception cref="ApiFailure">The patch cannot be read, or does not fit the object.</exception>
    public static JsonObject Apply(PatchType type, JsonObject target, ReadOnlySpan<byte> patch)
    {
        var parsed = Parse(patch);
        var changed = type switch
        {
            PatchType.Json => JsonPatch.Apply(target, parsed as JsonArray ?? throw Unreadable("json: cannot unmarshal object into Go value of type jsonpatch.Patch")),
            PatchType.Merge => MergePatch.Apply(target.DeepClone(), parsed as JsonObject ?? throw Unreadable("Invalid JSON Patch")),
            _ => StrategicMergePatch.Apply((JsonObject)target.DeepClone(), parsed as JsonObject ?? throw Unreadable("Invalid JSON Patch"), ""),
        };
        return changed as JsonObject ?? throw Misfit();
    }

    public static ApiFailure Misfit() => ApiFailure.Of(422, "Invalid", "the server rejected our request due to an error in our request", new());

    public static ApiFailure Unreadable(string why) => ApiFailure.BadRequest($"error decoding patch: {why}");

    private static JsonNode? Parse(ReadOnlySpan<byte> patch)
    {
        try
        {
            return JsonNode.Parse(patch, documentOptions: Limits);
        }
        catch (JsonException broken)
        {
            throw Unreadable(broken.Message.Split(" LineNumber:")[0]);
        }
    }
}
