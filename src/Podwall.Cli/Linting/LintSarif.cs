using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>The findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines.</summary>
internal static class LintSarif
{
    public static void Write(Utf8JsonWriter json, LintReport report)
    {
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "podwall");
        json.WriteString("semanticVersion", typeof(LintSarif).Assembly.GetName().Version!.ToString(3));
        json.WriteStartArray("rules");
        foreach (var rule in LintRules.All)
            Write(json, rule);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var finding in report.Findings)
            Write(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LintRule rule)
    {
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        Message(json, "shortDescription", rule.Title);
        Message(json, "fullDescription", rule.Explanation.ReplaceLineEndings(" "));
        json.WriteStartObject("help");
        json.WriteString("text", LintExplanation.Text(rule));
        json.WriteEndObject();
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", LintText.Word(rule.Severity));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PlacedFinding placed)
    {
        var finding = placed.Finding;
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule);
        json.WriteNumber("ruleIndex", LintRules.All.Select((r, i) => (r.Id, Index: i)).First(r => r.Id == finding.Rule).Index);
        json.WriteString("level", LintText.Word(placed.Severity));
        var sentences = new[] { finding.Place.Whole + ": " + finding.Message }.Concat(finding.Examples.Select(e => $"{e}")).Concat(finding.Fix.Length > 0 ? [$"Fix: {finding.Fix}"] : []);
        Message(json, "message", string.Join('\n', sentences));
        json.WriteStartArray("locations");
        Location(json, placed.Position, finding.Place, id: null);
        json.WriteEndArray();
        if (placed.Related.Count > 0)
        {
            json.WriteStartArray("relatedLocations");
            for (var i = 0; i < placed.Related.Count; i++)
                Location(json, placed.Related[i].Position, placed.Related[i].Place, i);
            json.WriteEndArray();
        }

        json.WriteStartObject("partialFingerprints");
        json.WriteString("podwall/v1", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(placed.Key)))[..32]);
        json.WriteEndObject();
        if (!placed.Counts)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", placed.IsOld ? "external" : "inSource");
            json.WriteString("justification", placed.IgnoredBecause ?? "known from the baseline");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Location(Utf8JsonWriter json, SourcePosition? position, LintPlace place, int? id)
    {
        json.WriteStartObject();
        if (id is { } number)
            json.WriteNumber("id", number);
        if (position is { } at)
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
        json.WriteString("fullyQualifiedName", place.ToString());
        json.WriteString("kind", "object");
        json.WriteEndObject();
        json.WriteEndArray();
        if (id is not null)
            Message(json, "message", place.ToString());
        json.WriteEndObject();
    }

    private static void Message(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
