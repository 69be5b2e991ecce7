using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Podwall.Lab.Store;

/// <summary>Writes trees compactly, also under Native AOT.</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class TreeJson : JsonSerializerContext;
