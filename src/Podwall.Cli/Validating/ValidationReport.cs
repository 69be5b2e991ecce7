using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Kubernetes;

namespace Podwall.Cli.Validating;

/// <summary>The findings about the input, for a person and for a program (kind <c>Validation</c>, see docs/json.md).</summary>
internal static class ValidationReport
{
    public static void WriteText(Paper paper, Manifests manifests)
    {
        DiagnosticText.Write(paper, manifests.Diagnostics);
        var (errors, warnings) = (Count(manifests, Severity.Error), Count(manifests, Severity.Warning));
        if (manifests.Diagnostics.Count > 0)
            paper.Line();
        var (objects, policies) = (manifests.ReadKinds.Sum(k => k.Count), manifests.PolicyObjects.Count);
        paper.Put($"{Plural.Of(objects, "object")} read, {Plural.Of(policies, "of them NetworkPolicy", "of them NetworkPolicies")}: ")
            .Line(errors > 0 ? new Piece(Plural.Of(errors, "error"), Ink.Bad) : new Piece("no errors", Ink.Good), warnings > 0 ? $", {Plural.Of(warnings, "warning")}" : "");
        if (manifests.OtherKinds.Count > 0)
            paper.Line(new Piece($"not looked at: {string.Join(", ", manifests.OtherKinds.Select(k => $"{k.Count} {k.Kind}"))}", Ink.Dim));
    }

    public static void WriteJson(Terminal terminal, OutputFormat format, Manifests manifests)
    {
        Documents.Write(terminal, format, manifests.Diagnostics, Write, json =>
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "podwall.dev/v1");
            json.WriteString("kind", "Validation");
            json.WriteBoolean("valid", !manifests.HasErrors);
            json.WriteStartArray("findings");
            foreach (var finding in manifests.Diagnostics)
                Write(json, finding);
            json.WriteEndArray();
            Kinds(json, "read", manifests.ReadKinds);
            Kinds(json, "ignored", manifests.OtherKinds);
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, Diagnostic finding)
    {
        json.WriteStartObject();
        json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        json.WriteString("code", finding.Code);
        CheckJson.Position(json, finding.Position);
        CheckJson.Text(json, "object", finding.Subject?.ToString());
        CheckJson.Text(json, "field", finding.Field);
        CheckJson.Text(json, "type", finding.Type);
        json.WriteString("message", finding.Message);
        CheckJson.Text(json, "fix", finding.Fix);
        json.WriteEndObject();
    }

    private static void Kinds(Utf8JsonWriter json, string name, IEnumerable<KindCount> kinds)
    {
        json.WriteStartArray(name);
        foreach (var kind in kinds)
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", kind.ApiVersion);
            json.WriteString("kind", kind.Kind);
            json.WriteNumber("count", kind.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static int Count(Manifests manifests, Severity severity) => manifests.Diagnostics.Count(d => d.Severity == severity);
}
