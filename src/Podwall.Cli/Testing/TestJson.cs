using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Policy;

namespace Podwall.Cli.Testing;

/// <summary>What became of tests, for a program: kind <c>TestRun</c>, see docs/json.md.</summary>
internal static class TestJson
{
    public static void Write(Terminal terminal, OutputFormat format, TestReport report) => Documents.Write(terminal, format, json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", "podwall.dev/v1");
        json.WriteString("kind", "TestRun");
        json.WriteNumber("failed", report.Failed);
        json.WriteStartArray("tests");
        foreach (var one in report.Cases)
            Write(json, one, report);
        json.WriteEndArray();
        json.WriteStartObject("coverage");
        json.WriteNumber("rules", report.Rules);
        json.WriteNumber("policies", report.Policies);
        json.WriteStartArray("untestedRules");
        foreach (var rule in report.UntestedRules)
        {
            json.WriteStartObject();
            FlowJson.WriteRuleId(json, rule);
            CheckJson.Position(json, report.Sources.Of(rule));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("untestedPolicies");
        foreach (var policy in report.UntestedPolicies)
            json.WriteStringValue($"{policy}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, TestCase one, TestReport report)
    {
        json.WriteStartObject();
        json.WriteString("suite", one.Suite);
        json.WriteString("name", one.Name);
        CheckJson.Position(json, one.Position);
        json.WriteString("result", !one.Holds ? "failed" : one.Result.IsVacuous ? "vacuous" : "holds");
        json.WriteNumber("pairs", one.Result.Pairs);
        if (one.Why is { } why)
        {
            json.WriteStartObject("counterexample");
            json.WriteString("from", $"{why.Flow.From}");
            json.WriteString("to", $"{why.Flow.To}");
            json.WriteString("protocol", why.Flow.Protocol.Name());
            if (why.Flow.Protocol != Protocol.Icmp)
                json.WriteNumber("port", why.Flow.Port);
            json.WriteString("verdict", why.Verdict == Verdict.Allow ? "allow" : "deny");
            json.WriteStartArray("reasons");
            foreach (var reason in TestWords.Reasons(why, report.Sources))
                json.WriteStringValue(reason);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
