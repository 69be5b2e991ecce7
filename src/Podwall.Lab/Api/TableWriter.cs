using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api;

/// <summary>Objects as the rows that kubectl prints. Network policies have their columns, other kinds name and age.</summary>
internal sealed class TableWriter(ResourceType type, string includes, TimeProvider time)
{
    private readonly (string Name, string Format, Func<JsonObject, string> Cell)[] columns = type == ResourceType.NetworkPolicies
        ? [("Name", "name", Name), ("Pod-Selector", "", PodSelector), ("Age", "", o => Age(o, time))]
        : [("Name", "name", Name), ("Age", "", o => Age(o, time))];

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
        foreach (var (name, format, _) in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("type", "string");
            json.WriteString("format", format);
            json.WriteString("description", "");
            json.WriteNumber("priority", 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteRow(Utf8JsonWriter json, ReadOnlySpan<byte> item)
    {
        var tree = (JsonObject)JsonNode.Parse(item)!;
        json.WriteStartObject();
        json.WriteStartArray("cells");
        foreach (var (_, _, cell) in columns)
            json.WriteStringValue(cell(tree));
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

    private static string Name(JsonObject item) => item["metadata"]?["name"]?.GetValue<string>() ?? "";

    private static string PodSelector(JsonObject item)
    {
        var selector = item["spec"]?["podSelector"] as JsonObject;
        var labels = (selector?["matchLabels"] as JsonObject ?? []).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}");
        var terms = (selector?["matchExpressions"] as JsonArray ?? []).Select(t => (t!["operator"]?.GetValue<string>(), Values: $"({string.Join(",", (t["values"] as JsonArray ?? []).Select(v => v!.GetValue<string>()))})") switch
        {
            ("In", var values) => $"{t["key"]} in {values}",
            ("NotIn", var values) => $"{t["key"]} notin {values}",
            ("DoesNotExist", _) => $"!{t["key"]}",
            _ => $"{t["key"]}",
        });
        return string.Join(",", [.. labels, .. terms]) is { Length: > 0 } text ? text : "<none>";
    }

    private static string Age(JsonObject item, TimeProvider time) =>
        DateTimeOffset.TryParse(item["metadata"]?["creationTimestamp"]?.GetValue<string>(), CultureInfo.InvariantCulture, out var created)
            ? Short(time.GetUtcNow() - created)
            : "<unknown>";

    // As kubectl shortens durations: two units while they matter.
    private static string Short(TimeSpan age) => age switch
    {
        { TotalSeconds: < 120 } => $"{Math.Max(0, (int)age.TotalSeconds)}s",
        { TotalMinutes: < 10 } => age.Seconds == 0 ? $"{age.Minutes}m" : $"{age.Minutes}m{age.Seconds}s",
        { TotalHours: < 3 } => $"{(int)age.TotalMinutes}m",
        { TotalHours: < 8 } => age.Minutes == 0 ? $"{age.Hours}h" : $"{age.Hours}h{age.Minutes}m",
        { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
        { TotalDays: < 8 } => age.Hours == 0 ? $"{age.Days}d" : $"{age.Days}d{age.Hours}h",
        _ => $"{(int)age.TotalDays}d",
    };
}

internal enum Headings
{
    Shown,
    Omitted,
}
