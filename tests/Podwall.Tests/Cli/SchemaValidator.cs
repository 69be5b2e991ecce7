using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Podwall.Tests.Cli;

/// <summary>
/// JSON Schema 2020-12, as far as docs/schema uses it; any other keyword throws. Strict means that a property which the
/// schema does not list is a fault, though the schemas themselves leave room for what v1 may add.
/// </summary>
internal sealed class SchemaValidator(JsonElement root, bool isStrict)
{
    private readonly HashSet<string> met = [];

    /// <summary>The places of the schema at which a value was found, as JSON pointers.</summary>
    public IReadOnlySet<string> Met => met;

    public static SchemaValidator Of(string name, bool isStrict = true) => new(Read(name), isStrict);

    public static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllText(Checkout.At("docs", "schema", name))).RootElement;

    public IReadOnlyList<string> FaultsOf(JsonElement value, string pointer = "")
    {
        List<string> faults = [];
        Check(At(pointer), $"#{pointer}", value, "$", faults);
        return faults;
    }

    private JsonElement At(string pointer) => pointer.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (at, name) => at.GetProperty(name));

    private void Check(JsonElement schema, string place, JsonElement value, string path, List<string> faults)
    {
        met.Add(place);
        foreach (var keyword in schema.EnumerateObject())
            Check(keyword.Name, keyword.Value, schema, place, value, path, faults);
        if (isStrict && value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties) && !schema.TryGetProperty("additionalProperties", out _))
            faults.AddRange(value.EnumerateObject().Where(p => !properties.TryGetProperty(p.Name, out _)).Select(p => $"{path}: {place} does not know \"{p.Name}\""));
    }

    private void Check(string keyword, JsonElement wanted, JsonElement schema, string place, JsonElement value, string path, List<string> faults)
    {
        var holds = keyword switch
        {
            "$schema" or "$id" or "$defs" or "$comment" or "title" or "description" or "examples" or "additionalProperties" => true,
            "$ref" => Follow(wanted.GetString()!),
            "type" => (wanted.ValueKind == JsonValueKind.Array ? wanted.EnumerateArray() : new[] { wanted }.AsEnumerable()).Any(t => IsOf(value, t.GetString()!)),
            "const" => JsonElement.DeepEquals(wanted, value),
            "enum" => wanted.EnumerateArray().Any(e => JsonElement.DeepEquals(e, value)),
            "required" => value.ValueKind != JsonValueKind.Object || wanted.EnumerateArray().All(r => value.TryGetProperty(r.GetString()!, out _)),
            "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, wanted.GetString()!),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= wanted.GetDecimal(),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= wanted.GetDecimal(),
            "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= wanted.GetInt32(),
            "properties" => Each(),
            "items" => Items(),
            "oneOf" => wanted.EnumerateArray().Select((option, i) => (option, i)).Count(o => Fits(o.option, $"{place}/oneOf/{o.i}")) == 1,
            "not" => new SchemaValidator(root, false) is var apart && apart.Faults(wanted, value).Count > 0,
            _ => throw new UnreachableException($"{keyword} is no keyword that the schemas may use"),
        };
        if (!holds)
            faults.Add($"{path}: {place}/{keyword} wants {wanted.GetRawText()}, has {value.GetRawText()}");

        bool Follow(string reference)
        {
            Check(At(reference.TrimStart('#')), reference, value, path, faults);
            return true;
        }

        bool Each()
        {
            if (value.ValueKind == JsonValueKind.Object)
                foreach (var property in wanted.EnumerateObject())
                    if (value.TryGetProperty(property.Name, out var inner))
                        Check(property.Value, $"{place}/properties/{property.Name}", inner, $"{path}.{property.Name}", faults);
            return true;
        }

        bool Items()
        {
            if (value.ValueKind == JsonValueKind.Array)
                foreach (var (item, index) in value.EnumerateArray().Select((item, i) => (item, i)))
                    Check(wanted, $"{place}/items", item, $"{path}[{index}]", faults);
            return true;
        }

        bool Fits(JsonElement option, string at)
        {
            var apart = new SchemaValidator(root, isStrict);
            List<string> found = [];
            apart.Check(option, at, value, path, found);
            if (found.Count == 0)
                met.UnionWith(apart.Met);
            return found.Count == 0;
        }
    }

    private List<string> Faults(JsonElement schema, JsonElement value)
    {
        List<string> faults = [];
        Check(schema, "#", value, "$", faults);
        return faults;
    }

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new UnreachableException($"{type} is no type that the schemas may use"),
    };
}
