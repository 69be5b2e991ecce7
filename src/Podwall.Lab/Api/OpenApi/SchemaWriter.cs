using System.Text.Json;
using Podwall.Lab.Api.Types;

namespace Podwall.Lab.Api.OpenApi;

/// <summary>
/// Writes types as <c>kubectl explain</c> shows them, and as kubectl computes patches of them: with the keys of their lists.
/// </summary>
internal static class SchemaWriter
{
    private static readonly ApiType Quantity = new("Quantity", null, "An amount, such as 3, 500m or 1Gi."), IntOrString = new("IntOrString", null, "A number, or a name.");

    /// <summary>The types of kinds and all that they are made of.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<ApiType> kinds)
    {
        SortedDictionary<string, ApiType> all = new(StringComparer.Ordinal);
        foreach (var kind in kinds)
            Collect(kind, all);
        foreach (var type in all.Values)
            Write(json, type);
    }

    private static void Collect(ApiType type, SortedDictionary<string, ApiType> all)
    {
        if (!all.TryAdd(type.Name, type))
            return;
        foreach (var field in type.Fields)
        {
            for (var at = field.Type; at is not null; at = at.Inner)
                if (at.Form is FieldForm.Quantity or FieldForm.IntOrString)
                    all[NameOf(at)] = at.Form == FieldForm.Quantity ? Quantity : IntOrString;
            if (field.Type.Innermost is { } inner)
                Collect(inner, all);
        }
    }

    private static string NameOf(FieldType type) => type.Form == FieldForm.Struct ? type.Struct!.Name : type.Form.ToString();

    private static void Write(Utf8JsonWriter json, ApiType type)
    {
        json.WriteStartObject(type.Name);
        if (type.Words.Length > 0)
            json.WriteString("description", type.Words);
        if (type == IntOrString || type == Quantity)
            WriteEither(json, type);
        else
            json.WriteString("type", "object");
        if (type.Fields.Where(f => f.IsRequired).Select(f => f.Name).ToArray() is { Length: > 0 } required)
            json.WriteTexts("required", required);
        if (type.Fields.Count > 0)
        {
            json.WriteStartObject("properties");
            foreach (var field in type.Fields)
                Write(json, field);
            json.WriteEndObject();
        }

        if (type.IsWhole)
            json.WriteString("x-kubernetes-map-type", "atomic");
        if (type.ApiVersion is { } version)
        {
            json.WriteStartArray("x-kubernetes-group-version-kind");
            WriteKind(json, version, type.Name);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static void WriteKind(Utf8JsonWriter json, string apiVersion, string kind)
    {
        var parts = apiVersion.Split('/');
        json.WriteStartObject();
        json.WriteString("group", parts is [var group, _] ? group : "");
        json.WriteString("kind", kind);
        json.WriteString("version", parts[^1]);
        json.WriteEndObject();
    }

    private static void WriteEither(Utf8JsonWriter json, ApiType type)
    {
        if (type == IntOrString)
            json.WriteString("format", "int-or-string");
        json.WriteStartArray("oneOf");
        foreach (var either in type == IntOrString ? new[] { "integer", "string" } : ["string", "number"])
        {
            json.WriteStartObject();
            json.WriteString("type", either);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ApiField field)
    {
        json.WriteStartObject(field.Name);
        json.WriteString("description", field.Words);
        if (field.Type.Form == FieldForm.List)
            WriteListType(json, field);
        if (field.IsWhole)
            json.WriteString("x-kubernetes-map-type", "atomic");
        var strategy = string.Join(',', new[] { field.IsMerged ? "merge" : "", field.IsReplaced ? "replace" : "", field.RetainsKeys ? "retainKeys" : "" }.Where(s => s.Length > 0));
        if (strategy.Length > 0)
            json.WriteString("x-kubernetes-patch-strategy", strategy);
        if (field is { IsMerged: true, Keys: [var key, ..] })
            json.WriteString("x-kubernetes-patch-merge-key", key);
        WriteType(json, field.Type);
        if (field.Values.Count > 0)
            json.WriteTexts("enum", field.Values);
        json.WriteEndObject();
    }

    private static void WriteListType(Utf8JsonWriter json, ApiField field)
    {
        json.WriteString("x-kubernetes-list-type", field.Keys.Count > 0 ? "map" : field.IsSet ? "set" : "atomic");
        if (field.Keys.Count > 0)
            json.WriteTexts("x-kubernetes-list-map-keys", field.Keys);
    }

    private static void WriteType(Utf8JsonWriter json, FieldType type)
    {
        switch (type.Form)
        {
            case FieldForm.Struct or FieldForm.Quantity or FieldForm.IntOrString:
                json.WriteStartArray("allOf");
                json.WriteStartObject();
                json.WriteString("$ref", $"#/components/schemas/{NameOf(type)}");
                json.WriteEndObject();
                json.WriteEndArray();
                break;
            case FieldForm.List or FieldForm.Map:
                json.WriteString("type", type.Form == FieldForm.List ? "array" : "object");
                json.WriteStartObject(type.Form == FieldForm.List ? "items" : "additionalProperties");
                WriteType(json, type.Inner!);
                json.WriteEndObject();
                break;
            case FieldForm.Int32 or FieldForm.Int64:
                json.WriteString("type", "integer");
                json.WriteString("format", type.Form == FieldForm.Int32 ? "int32" : "int64");
                break;
            case FieldForm.Time or FieldForm.Bytes:
                json.WriteString("type", "string");
                json.WriteString("format", type.Form == FieldForm.Time ? "date-time" : "byte");
                break;
            default:
                json.WriteString("type", type.Form switch { FieldForm.Boolean => "boolean", FieldForm.Any => "object", _ => "string" });
                break;
        }
    }
}
