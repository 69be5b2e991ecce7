using System.Text;
using System.Text.Json;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Objects as they go over the wire.</summary>
internal static class ObjectWriter
{
    /// <summary>The whole object with its kind in front.</summary>
    public static byte[] Whole(ResourceType type, StoredObject item) => Whole(type, item.Json.Span);

    public static byte[] Whole(ResourceType type, ReadOnlySpan<byte> json)
    {
        var kind = Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\"{(json.Length > 2 ? "," : "")}");
        return [.. kind, .. json[1..]];
    }

    /// <summary>A <c>PartialObjectMetadata</c>.</summary>
    public static byte[] Metadata(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isMetadata)
                return [.. """{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":"""u8, .. json[start..(int)reader.BytesConsumed], (byte)'}'];
        }

        throw new InvalidOperationException("An object without metadata was stored.");
    }

    /// <summary>The object as it was, but at another version: what a deletion sends.</summary>
    public static ReadOnlyMemory<byte> At(StoredObject item, ulong version)
    {
        var tree = item.ToTree();
        ((System.Text.Json.Nodes.JsonObject)tree["metadata"]!)["resourceVersion"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return StoredObject.Of(item.Name, version, tree).Json;
    }
}
