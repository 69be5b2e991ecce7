using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Podwall.Lab.Store;

/// <summary>Writes trees compactly, also under Native AOT.</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class TreeJson : JsonSerializerContext
{
    public static byte[] Bytes(JsonNode? tree) => JsonSerializer.SerializeToUtf8Bytes(tree, Default.JsonNode);
}
