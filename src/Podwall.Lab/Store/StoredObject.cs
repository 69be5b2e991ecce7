using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Policy;

namespace Podwall.Lab.Store;

/// <summary>An object at one version, as compact JSON without <c>kind</c> and <c>apiVersion</c>.</summary>
public sealed record StoredObject(ObjectName Name, ulong Version, ReadOnlyMemory<byte> Json, Labels Labels)
{
    /// <summary>A tree of its own, free to be changed.</summary>
    public JsonObject ToTree() => (JsonObject)JsonNode.Parse(Json.Span)!;

    /// <summary>A field's text by its path, such as <c>spec.nodeName</c>; empty where there is none.</summary>
    public string Field(string path)
    {
        switch (path)
        {
            case "metadata.name":
                return Name.Name;
            case "metadata.namespace":
                return Name.Namespace;
        }

        JsonNode? node = ToTree();
        foreach (var part in path.Split('.'))
            node = (node as JsonObject)?[part];
        return node is JsonValue value ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString() : "";
    }

    public static StoredObject Of(ObjectName name, ulong version, JsonObject tree) =>
        new(name, version, JsonSerializer.SerializeToUtf8Bytes<JsonNode>(tree, TreeJson.Default.JsonNode), LabelsOf(tree));

    private static Labels LabelsOf(JsonObject tree) => tree["metadata"]?["labels"] is JsonObject labels
        ? Labels.Of(labels.Select(l => (l.Key, l.Value?.GetValue<string>() ?? "")))
        : Labels.None;
}
