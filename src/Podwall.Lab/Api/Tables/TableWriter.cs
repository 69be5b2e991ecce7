using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api.Tables;

/// <summary>Objects as the rows that kubectl prints.</summary>
internal sealed class TableWriter(ResourceType type, string includes, TimeProvider time)
{
    private readonly Column[] columns = new Columns(time).Of(type);

    /// <summary>One table; without column definitions for all but the first of a watch.</summary>
    public byte[] Write(IEnumerable<ReadOnlyMemory<byte>> items, string version, string? next, long? remaining, Headings headings)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "Table");
            json.WriteString("apiVersion", "meta.k8s.io/v1");
            json.WriteStartObject("metadata");
            json.WriteString("resourceVersion", version);
            if (next is not null)
                json.WriteString("continue", next);
            if (remaining is { } count)
                json.WriteNumber("remainingItemCount", count);
            json.WriteEndObject();
            if (headings == Headings.Shown)
                WriteHeadings(json);
            else
                json.WriteNull("columnDefinitions");
            json.WriteStartArray("rows");
            foreach (var item in items)
                WriteRow(json, item.Span);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private void WriteHeadings(Utf8JsonWriter json)
    {
        json.WriteStartArray("columnDefinitions");
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", "string");
            json.WriteString("format", column.Format);
            json.WriteString("description", "");
            json.WriteNumber("priority", column.IsWide ? 1 : 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteRow(Utf8JsonWriter json, ReadOnlySpan<byte> item)
    {
        var tree = (JsonObject)JsonNode.Parse(item)!;
        json.WriteStartObject();
        json.WriteStartArray("cells");
        foreach (var column in columns)
            json.WriteStringValue(column.Cell(tree));
        json.WriteEndArray();
        json.WritePropertyName("object");
        json.WriteRawValue(includes switch
        {
            "None" => "null"u8,
            "Object" => ObjectWriter.Whole(type, item),
            _ => ObjectWriter.Metadata(item),
        });

        json.WriteEndObject();
    }
}

internal enum Headings
{
    Shown,
    Omitted,
}
