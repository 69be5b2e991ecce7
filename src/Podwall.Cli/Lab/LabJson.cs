using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Cli.Lab;

/// <summary>The kinds <c>LabRun</c> and <c>Probes</c>, see docs/json.md.</summary>
internal static class LabJson
{
    public static void Write(Terminal terminal, IReadOnlyCollection<ScenarioReport> reports, string? whySimulated) => Documents.Write(terminal, OutputFormat.Json, json =>
    {
        Begin(json, "LabRun", whySimulated);
        json.WriteBoolean("asExpected", reports.All(r => r.IsAsExpected));
        List(json, "scenarios", reports, Write);
        json.WriteEndObject();
    });

    public static void Write(Terminal terminal, ProbeReport report, string? whySimulated) => Documents.Write(terminal, OutputFormat.Json, json =>
    {
        Begin(json, "Probes", whySimulated);
        Write(json, report.Lab);
        List(json, "flows", report.Flows, (_, flow) =>
        {
            Ends(json, flow.Flow);
            Outcome(json, "probe", flow.Outcome);
            json.WriteString("engine", Word(flow.Engine));
            json.WriteBoolean("disagrees", flow.IsDisagreement);
        });
        json.WriteEndObject();
    });

    private static void Begin(Utf8JsonWriter json, string kind, string? whySimulated)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", "podwall.dev/v1");
        json.WriteString("kind", kind);
        json.WriteBoolean("simulated", whySimulated is not null);
        if (whySimulated is not null)
            json.WriteString("whySimulated", whySimulated);
    }

    private static void Write(Utf8JsonWriter json, ScenarioReport report)
    {
        json.WriteString("folder", report.Folder);
        json.WriteString("title", report.Title);
        json.WriteBoolean("asExpected", report.IsAsExpected);
        Write(json, report.Lab);
        List(json, "steps", report.Steps, Write);
        List(json, "refusals", report.Refusals, Write);
    }

    private static void Write(Utf8JsonWriter json, LabReport lab)
    {
        json.WriteStartObject("lab");
        json.WriteNumber("nodes", lab.Size.Nodes);
        json.WriteNumber("pods", lab.Pods);
        json.WriteStartArray("families");
        foreach (var family in IpFamily.Both.Where(f => lab.Size.Families.HasFlag(f.AsSet())))
            json.WriteStringValue($"{family}");
        json.WriteEndArray();
        json.WriteNumber("upSeconds", Math.Round(lab.CameUpIn.TotalSeconds, 3));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StepReport step)
    {
        json.WriteString("name", step.Name);
        Texts(json, "policies", step.Policies);
        json.WriteString("before", step.BeforeName);
        Texts(json, "labels", step.Labels.Select(LabText.Of));
        List(json, "flows", step.Flows, (_, flow) =>
        {
            Ends(json, flow.Flow);
            Outcome(json, "before", flow.Before.Outcome);
            json.WriteString("engineBefore", Word(flow.Before.Engine));
            Outcome(json, "after", flow.After.Outcome);
            json.WriteString("engine", Word(flow.After.Engine));
            json.WriteBoolean("disagrees", flow.Before.IsDisagreement || flow.After.IsDisagreement);
            List(json, "expected", flow.Expected, (_, expected) =>
            {
                json.WriteString("verdict", expected.Is == Verdict.Allow ? "allow" : "deny");
                json.WriteBoolean("otherwise", expected.IsOtherwise);
                json.WriteBoolean("met", flow.Meets(expected));
                Source(json, expected.At);
            });
        });
    }

    private static void Write(Utf8JsonWriter json, RefusalReport refusal)
    {
        json.WriteString("file", refusal.Expected.File);
        json.WriteString("field", refusal.Expected.Field);
        json.WriteString("message", refusal.Expected.Message);
        json.WriteBoolean("asExpected", refusal.IsAsExpected);
        Source(json, refusal.Expected.Position);
        List(json, "got", refusal.Got, (_, got) =>
        {
            json.WriteString("field", got.Field);
            json.WriteString("message", got.Message);
        });
    }

    private static void Ends(Utf8JsonWriter json, ProbeFlow flow)
    {
        FlowJson.WriteEnds(json, $"{flow.From}", $"{flow.To}", flow.Port.Protocol, flow.Port.Port);
        json.WriteString("family", $"{flow.Family}");
    }

    private static void Outcome(Utf8JsonWriter json, string name, ProbeOutcome outcome)
    {
        json.WriteString(name, outcome.Result switch { ProbeResult.Allowed => "allow", ProbeResult.Denied => "deny", _ => "unknown" });
        if (outcome.Result == ProbeResult.Unknown)
            json.WriteString($"{name}Missing", outcome.Reason);
    }

    private static string Word(EngineVerdict verdict) => verdict switch
    {
        EngineVerdict.Allow => "allow",
        EngineVerdict.Deny => "deny",
        EngineVerdict.Mixed => "mixed",
        _ => "unknown",
    };

    private static void Source(Utf8JsonWriter json, SourcePosition at)
    {
        json.WriteStartObject("source");
        json.WriteString("file", at.File);
        json.WriteNumber("line", at.Line);
        json.WriteNumber("column", at.Column);
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> entries, Action<Utf8JsonWriter, T> fields)
    {
        json.WriteStartArray(name);
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            fields(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
