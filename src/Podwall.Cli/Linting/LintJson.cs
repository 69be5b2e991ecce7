using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;
using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>The findings for a program: kind <c>LintReport</c>, see docs/json.md.</summary>
internal static class LintJson
{
    public static void Write(Terminal terminal, OutputFormat format, LintReport report)
    {
        Documents.Write(terminal, format, report.Findings, Write, json =>
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "podwall.dev/v1");
            json.WriteString("kind", "LintReport");
            json.WriteStartObject("summary");
            json.WriteNumber("errors", report.Counting.Count(f => f.Severity == LintSeverity.Error));
            json.WriteNumber("warnings", report.Counting.Count(f => f.Severity == LintSeverity.Warning));
            json.WriteNumber("notes", report.Counting.Count(f => f.Severity == LintSeverity.Note));
            json.WriteNumber("ignored", report.Findings.Count(f => f.IgnoredBecause is not null));
            json.WriteNumber("known", report.Findings.Count(f => f.IsOld));
            json.WriteEndObject();
            json.WriteStartArray("findings");
            foreach (var finding in report.Findings)
                Write(json, finding);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, PlacedFinding placed)
    {
        var finding = placed.Finding;
        json.WriteStartObject();
        json.WriteString("rule", finding.Rule);
        json.WriteString("severity", LintText.Word(placed.Severity));
        Place(json, finding.Place, placed.Position);
        json.WriteString("message", finding.Message);
        json.WriteStartArray("examples");
        foreach (var example in finding.Examples)
        {
            json.WriteStartObject();
            json.WriteString("from", example.From);
            json.WriteString("to", example.To);
            json.WriteString("traffic", example.Traffic);
            json.WriteString("verdict", example.Verdict == Verdict.Allow ? "allow" : "deny");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("related");
        foreach (var (place, position) in placed.Related)
        {
            json.WriteStartObject();
            Place(json, place, position);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        CheckJson.Text(json, "fix", finding.Fix);
        json.WriteBoolean("fixable", finding.Edit is not null && placed.Position is not null);
        CheckJson.Text(json, "matter", finding.Matter);
        CheckJson.Text(json, "ignored", placed.IsOld ? "known from the baseline" : placed.IgnoredBecause);
        json.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter json, LintPlace place, SourcePosition? position)
    {
        json.WriteString("object", place.Whole);
        CheckJson.Text(json, "field", place.Field);
        CheckJson.Position(json, position);
    }
}
