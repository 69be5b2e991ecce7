using System.Text.Json;
using Podwall.Kubernetes;

namespace Podwall.Cli.Output;

/// <summary>A kind of finding; what is empty is left out.</summary>
internal sealed record SarifRule(string Id, string Title = "", string Description = "", string Help = "", string Level = "");

/// <summary>Something that is meant: where it is written, and what it is called.</summary>
internal sealed record SarifPlace(SourcePosition? Position, string Name);

/// <summary>One finding.</summary>
/// <param name="Fingerprint">What stays the same when lines move, in hexadecimal.</param>
internal sealed record SarifResult(string Rule, string Level, string Message, SarifPlace Place, string Fingerprint)
{
    public IReadOnlyList<SarifPlace> Related { get; init; } = [];

    /// <summary>Why it does not count, and whether the input itself says so; null where it counts.</summary>
    public (string Why, bool IsInSource)? Suppression { get; init; }
}

/// <summary>Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines.</summary>
internal static class Sarif
{
    public static void Write(Terminal terminal, IReadOnlyList<SarifRule> rules, IEnumerable<SarifResult> results) => Documents.Write(terminal, OutputFormat.Json, json =>
    {
        var index = rules.Select((r, i) => (r.Id, i)).ToDictionary(r => r.Id, r => r.i);
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "podwall");
        json.WriteString("semanticVersion", typeof(Sarif).Assembly.GetName().Version!.ToString(3));
        json.WriteStartArray("rules");
        foreach (var rule in rules)
            Write(json, rule);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var result in results)
            Write(json, result, index[result.Rule]);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, SarifRule rule)
    {
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        Message(json, "shortDescription", rule.Title);
        Message(json, "fullDescription", rule.Description);
        Message(json, "help", rule.Help);
        if (rule.Level.Length > 0)
        {
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", rule.Level);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SarifResult result, int rule)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", result.Rule);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", result.Level);
        Message(json, "message", result.Message);
        json.WriteStartArray("locations");
        Location(json, result.Place, id: null);
        json.WriteEndArray();
        if (result.Related.Count > 0)
        {
            json.WriteStartArray("relatedLocations");
            for (var i = 0; i < result.Related.Count; i++)
                Location(json, result.Related[i], i);
            json.WriteEndArray();
        }

        json.WriteStartObject("partialFingerprints");
        json.WriteString("podwall/v1", result.Fingerprint);
        json.WriteEndObject();
        if (result.Suppression is var (why, isInSource))
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", isInSource ? "inSource" : "external");
            json.WriteString("justification", why);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Location(Utf8JsonWriter json, SarifPlace place, int? id)
    {
        json.WriteStartObject();
        if (id is { } number)
            json.WriteNumber("id", number);
        if (place.Position is { } at)
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", Uri.EscapeDataString(at.File.Replace('\\', '/')).Replace("%2F", "/", StringComparison.Ordinal));
            json.WriteEndObject();
            json.WriteStartObject("region");
            json.WriteNumber("startLine", at.Line);
            json.WriteNumber("startColumn", at.Column);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName", place.Name);
        json.WriteString("kind", "object");
        json.WriteEndObject();
        json.WriteEndArray();
        if (id is not null)
            Message(json, "message", place.Name);
        json.WriteEndObject();
    }

    private static void Message(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length == 0)
            return;
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
