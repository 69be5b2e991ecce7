using System.Text.Json;
using Podwall.Cli.Output;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Explaining;
using Podwall.Policy.Suggesting;

namespace Podwall.Cli.Checking;

/// <summary>The answer to a <c>check</c> for a program: kind <c>Explanation</c> (and <c>AllowedTraffic</c>), see docs/json.md.</summary>
internal static class CheckJson
{
    public static void Write(Terminal terminal, OutputFormat format, CheckReport report, Cluster cluster)
    {
        Documents.Write(terminal, format, report.Answers, (json, answer) => Write(json, answer, cluster), json =>
        {
            Begin(json, "Explanation", report.From, report.To);
            json.WriteString("port", report.Port);
            json.WriteString("verdict", Name(report.Verdict));
            json.WriteStartArray("answers");
            foreach (var answer in report.Answers)
                Write(json, answer, cluster);
            json.WriteEndArray();
            Strings(json, "notes", report.Notes);
            json.WriteEndObject();
        });
    }

    public static void Write(Terminal terminal, OutputFormat format, TrafficReport report)
    {
        Documents.Write(terminal, format, report.Answers, Write, json =>
        {
            Begin(json, "AllowedTraffic", report.From, report.To);
            json.WriteStartArray("answers");
            foreach (var answer in report.Answers)
                Write(json, answer);
            json.WriteEndArray();
            Strings(json, "notes", report.Notes);
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, AllowedTraffic answer)
    {
        json.WriteStartObject();
        json.WriteString("from", $"{answer.Flow.From}");
        json.WriteString("to", $"{answer.Flow.To}");
        json.WriteNumber("alike", answer.Alike);
        TrafficJson.Write(json, "allowed", answer.Traffic);
        if (answer.FamiliesDiffer)
        {
            json.WriteStartObject("families");
            TrafficJson.Write(json, "IPv4", answer.OverV4);
            TrafficJson.Write(json, "IPv6", answer.OverV6);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string kind, string from, string to)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", "podwall.dev/v1");
        json.WriteString("kind", kind);
        json.WriteString("from", from);
        json.WriteString("to", to);
    }

    private static void Write(Utf8JsonWriter json, Answered answer, Cluster cluster)
    {
        var explanation = answer.Explanation;
        json.WriteStartObject();
        FlowJson.WriteEnds(json, $"{explanation.Flow.From}", $"{explanation.Flow.To}", explanation.Flow.Protocol, explanation.Flow.Port);
        json.WriteString("verdict", Name(explanation.Verdict));
        json.WriteNumber("alike", answer.Alike);
        FlowJson.WriteFamilies(json, explanation.Decision);
        Write(json, explanation.Egress, explanation, cluster);
        Write(json, explanation.Ingress, explanation, cluster);
        Strings(json, "assumed", [.. explanation.Assumed.Select(a => $"{a}")]);
        json.WriteStartArray("changes");
        foreach (var suggestion in answer.Changes)
            Write(json, suggestion);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SideExplanation side, Explanation explanation, Cluster cluster)
    {
        json.WriteStartObject(side.Direction == Direction.Egress ? "egress" : "ingress");
        FlowJson.WriteSide(json, side.Direction, explanation.Flow, explanation.Decision);
        json.WriteStartArray("rules");
        foreach (var rule in side.Rules)
            Write(json, rule, cluster.Manifests.Sources);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RuleFinding rule, SourceMap sources)
    {
        json.WriteStartObject();
        FlowJson.WriteRuleId(json, rule.Id);
        json.WriteBoolean("allows", rule.Allows);
        Position(json, sources.Of(rule.Id));
        json.WriteStartArray("peers");
        foreach (var peer in rule.Peers)
            Finding(json, peer.Index, $"{peer.Peer}", peer.Why, sources.OfPeer(rule.Id, peer.Index));
        json.WriteEndArray();
        json.WriteStartArray("ports");
        foreach (var port in rule.Ports)
            Finding(json, port.Index, $"{port.Port}", port.Why, sources.OfPort(rule.Id, port.Index));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Finding(Utf8JsonWriter json, int index, string text, Miss? why, SourcePosition? position)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteString("text", text);
        json.WriteBoolean("matches", why is null);
        if (why is not null)
        {
            json.WriteString("why", $"{why}");
            json.WriteString("cause", why.GetType().Name);
        }

        Position(json, position);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Suggestion suggestion)
    {
        json.WriteStartObject();
        Strings(json, "steps", [.. suggestion.Changes.Select(c => $"{c}")]);
        Strings(json, "yaml", suggestion.Changes.SelectMany(PolicyYaml.Of));
        json.WriteStartArray(suggestion.Opens ? "alsoOpens" : "alsoCloses");
        foreach (var effect in suggestion.Effects)
        {
            json.WriteStartObject();
            json.WriteString("from", effect.From);
            json.WriteString("to", effect.To);
            TrafficJson.Write(json, "traffic", effect.Traffic);
            if (effect.OnlyOver is { } family)
                json.WriteString("family", $"{family}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static void Position(Utf8JsonWriter json, SourcePosition? position)
    {
        if (position is not { } place)
            return;
        json.WriteStartObject("source");
        json.WriteString("file", place.File);
        json.WriteNumber("line", place.Line);
        json.WriteNumber("column", place.Column);
        json.WriteEndObject();
    }

    /// <summary>Rules, and where each is written.</summary>
    internal static void Rules(Utf8JsonWriter json, string name, IEnumerable<RuleId> rules, SourceMap sources)
    {
        json.WriteStartArray(name);
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            FlowJson.WriteRuleId(json, rule);
            Position(json, sources.Of(rule));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>A text, left out where it is empty.</summary>
    internal static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }

    internal static string Name(Verdict verdict) => verdict == Verdict.Allow ? "allow" : "deny";
}
