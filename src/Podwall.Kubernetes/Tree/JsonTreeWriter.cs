using System.Text.Json;

namespace Podwall.Kubernetes;

/// <summary>Writes a tree as the JSON that the API server would make of it.</summary>
public static class JsonTreeWriter
{
    public static void Write(Utf8JsonWriter json, TreeNode node)
    {
        switch (node)
        {
            case MappingNode mapping:
                json.WriteStartObject();
                foreach (var entry in mapping.Effective())
                {
                    json.WritePropertyName(entry.Key);
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            case SequenceNode sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case ScalarNode { Type: ScalarType.Text } text:
                json.WriteStringValue(text.Text);
                break;
            case ScalarNode scalar:
                json.WriteRawValue(scalar.IsNull ? "null" : scalar.Text);
                break;
        }
    }
}
