namespace Podwall.Lab.Api;

internal enum Shape
{
    Whole,
    Metadata,
    Table,
}

/// <summary>How a client wants its answer.</summary>
internal sealed record Representation(Shape Shape, string ContentType)
{
    public static Representation Json { get; } = new(Shape.Whole, "application/json");

    // What the messages of a real server list; protobuf is not there.
    private const string Available = "application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

    /// <exception cref="ApiFailure">Nothing that is asked for can be had.</exception>
    public static Representation Of(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept))
            return Json;
        foreach (var range in accept.Split(','))
            if (OfRange(range.Split(';', StringSplitOptions.TrimEntries)) is { } found)
                return found;
        throw ApiFailure.Of(406, "NotAcceptable", $"406: Not Acceptable\n\nAvailable representations: {Available}", new());
    }

    private static Representation? OfRange(string[] parts) => parts[0].ToLowerInvariant() switch
    {
        // JSON is YAML, too.
        "application/yaml" => new(Shape.Whole, "application/yaml"),
        "application/json" or "application/*" or "*/*" => parts.FirstOrDefault(p => p.StartsWith("as=", StringComparison.Ordinal)) switch
        {
            null => Json,
            "as=Table" when IsMeta(parts) => new(Shape.Table, "application/json"),
            "as=PartialObjectMetadata" or "as=PartialObjectMetadataList" when IsMeta(parts) => new(Shape.Metadata, "application/json"),
            _ => null,
        },
        _ => null,
    };

    private static bool IsMeta(string[] parts) => parts.Contains("g=meta.k8s.io") && (parts.Contains("v=v1") || parts.Contains("v=v1beta1"));
}
