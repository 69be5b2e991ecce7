using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Cli.Testing.Live;
using Podwall.Lab.Probing;

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
            FlowJson.WriteEnds(json, $"{why.Flow.From}", $"{why.Flow.To}", why.Flow.Protocol, why.Flow.Port);
            json.WriteString("verdict", CheckJson.Name(why.Verdict));
            CheckJson.Strings(json, "reasons", TestWords.Reasons(why, report.Sources));
            json.WriteEndObject();
        }

        if (one.Live is { } live)
            Write(json, live);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LiveTrial live)
    {
        json.WriteStartObject("live");
        json.WriteNumber("connections", live.Flows);
        json.WriteNumber("tried", live.Tried);
        json.WriteStartArray("wrong");
        foreach (var wrong in live.Wrong.AsEnumerable())
        {
            json.WriteStartObject();
            FlowJson.WriteEnds(json, $"{wrong.Flow.From}", $"{wrong.Flow.To}", wrong.Flow.Port.Protocol, wrong.Flow.Port.Port);
            json.WriteString("outcome", wrong.Outcome.Result == ProbeResult.Allowed ? "allow" : "deny");
            json.WriteString("engine", wrong.Engine == EngineVerdict.Allow ? "allow" : "deny");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("untried");
        foreach (var (why, count) in live.Untried.AsEnumerable())
        {
            json.WriteStartObject();
            json.WriteString("reason", why);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
