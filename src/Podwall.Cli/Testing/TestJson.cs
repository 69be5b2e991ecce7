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
        CheckJson.Rules(json, "untestedRules", report.UntestedRules, report.Sources);
        CheckJson.Strings(json, "untestedPolicies", report.UntestedPolicies.Select(p => $"{p}"));
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
            CheckJson.Strings(json, "reasons", TestWords.Reasons(why, report.Sources));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
