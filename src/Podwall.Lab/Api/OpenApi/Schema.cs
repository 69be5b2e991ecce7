using System.Text.Json;

namespace Podwall.Lab.Api.OpenApi;

/// <summary>A type of the API, as <c>kubectl explain</c> shows it.</summary>
/// <param name="Kind">The kind of object that it is, or null for a type of a field.</param>
internal sealed record Schema(string Name, (string Group, string Version, string Kind)? Kind, string Words, params Field[] Fields)
{
    /// <summary>A number or a name; the one type that is no object.</summary>
    public static Schema IntOrString { get; } = new("IntOrString", null, "A number, or a name.");

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject(Name);
        if (Words.Length > 0)
            json.WriteString("description", Words);
        if (this == IntOrString)
            WriteEither(json);
        else
            json.WriteString("type", "object");
        if (Fields.Where(f => f.IsRequired).Select(f => f.Name).ToArray() is { Length: > 0 } required)
            json.WriteTexts("required", required);
        if (Fields.Length > 0)
        {
            json.WriteStartObject("properties");
            foreach (var field in Fields)
                field.Write(json);
            json.WriteEndObject();
        }

        if (Kind is { } kind)
        {
            json.WriteStartArray("x-kubernetes-group-version-kind");
            WriteKind(json, kind);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteEither(Utf8JsonWriter json)
    {
        json.WriteString("format", "int-or-string");
        json.WriteStartArray("oneOf");
        foreach (var either in new[] { "integer", "string" })
        {
            json.WriteStartObject();
            json.WriteString("type", either);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteKind(Utf8JsonWriter json, (string Group, string Version, string Kind) kind)
    {
        json.WriteStartObject();
        json.WriteString("group", kind.Group);
        json.WriteString("kind", kind.Kind);
        json.WriteString("version", kind.Version);
        json.WriteEndObject();
    }
}

/// <summary>A field of a type.</summary>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>time</c>, <c>map</c> (of text), <c>#Type</c>, or a list of one of them: <c>[]string</c>.</param>
internal sealed record Field(string Name, string Type, string Words)
{
    public bool IsRequired { get; init; }

    /// <summary>What may stand in it; empty for anything of its type.</summary>
    public string[] Values { get; init; } = [];

    /// <summary>What tells the items apart in a list that patches merge: the name of a field, empty for plain values; null where a list is replaced whole.</summary>
    public string? MergeKey { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject(Name);
        json.WriteString("description", Words);
        var isList = Type.StartsWith("[]", StringComparison.Ordinal);
        if (isList)
        {
            json.WriteString("type", "array");
            if (MergeKey is null)
                json.WriteString("x-kubernetes-list-type", "atomic");
            else
            {
                json.WriteString("x-kubernetes-patch-strategy", "merge");
                if (MergeKey.Length > 0)
                    json.WriteString("x-kubernetes-patch-merge-key", MergeKey);
            }

            json.WriteStartObject("items");
            WriteType(json, Type[2..]);
            json.WriteEndObject();
        }
        else
            WriteType(json, Type);
        if (Values.Length > 0)
            json.WriteTexts("enum", Values);
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, string type)
    {
        switch (type)
        {
            case ['#', .. var name]:
                json.WriteStartArray("allOf");
                json.WriteStartObject();
                json.WriteString("$ref", $"#/components/schemas/{name}");
                json.WriteEndObject();
                json.WriteEndArray();
                break;
            case "map":
                json.WriteString("type", "object");
                json.WriteStartObject("additionalProperties");
                json.WriteString("type", "string");
                json.WriteEndObject();
                break;
            case "time":
                json.WriteString("type", "string");
                json.WriteString("format", "date-time");
                break;
            default:
                json.WriteString("type", type);
                break;
        }
    }
}
