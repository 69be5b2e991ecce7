using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Protobuf;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>The body of a request: its bytes, and the object that they say.</summary>
internal sealed record RequestBody(ReadOnlyMemory<byte> Bytes, JsonObject Tree)
{
    private static readonly ReadingLimits Limits = new() { Bytes = 4 * 1024 * 1024, Nodes = 500_000 };

    /// <exception cref="ApiFailure">It is too large, of a type that is not taken, or no object.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext http)
    {
        switch (TypeOf(http))
        {
            case "" or "application/json" or "application/yaml" or PatchTypes.Apply:
                break;
            case "application/vnd.kubernetes.protobuf":
                var tree = ProtoReader.Read(await BytesAsync(http));
                return new(TreeJson.Bytes(tree), tree);
            default:
                throw ApiFailure.Of(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml", new());
        }

        var bytes = await BytesAsync(http);
        var reading = new TreeReader(Limits, new StringPool(), lettersAreText: false).Read("body", bytes.Span);
        if (reading.Faults is [var fault, ..])
            throw ApiFailure.BadRequest($"the object provided is unrecognized: {fault.Message}");
        return reading.Documents is [{ Root: MappingNode root }]
            ? new(bytes, ToNode(root))
            : throw ApiFailure.BadRequest("the object provided is unrecognized: the body holds no object");
    }

    public static string TypeOf(HttpContext http) => (http.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    public static async Task<ReadOnlyMemory<byte>> BytesAsync(HttpContext http)
    {
        using MemoryStream buffer = new();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        return buffer.ToArray();
    }

    public static JsonObject Parse(ReadOnlySpan<byte> json) => (JsonObject)JsonNode.Parse(json)!;

    // Of a key that stands twice the last holds, as in Go.
    internal static JsonObject ToNode(MappingNode mapping) =>
        new(mapping.Effective().Select(e => KeyValuePair.Create(e.Key, ToNode(e.Value))));

    private static JsonNode? ToNode(TreeNode node) => node switch
    {
        MappingNode mapping => ToNode(mapping),
        SequenceNode list => new JsonArray([.. list.Items.Select(ToNode)]),
        ScalarNode { Type: ScalarType.Null } => null,
        ScalarNode { Type: ScalarType.Boolean } scalar => JsonValue.Create(scalar.Text == "true"),
        ScalarNode { Type: ScalarType.Number } scalar => Number(scalar.Text),
        ScalarNode scalar => JsonValue.Create(scalar.Text),
        _ => throw new InvalidOperationException("There are no other nodes."),
    };

    private static JsonNode? Number(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw ApiFailure.BadRequest($"the number {text} cannot be held in JSON");
        }
    }
}
