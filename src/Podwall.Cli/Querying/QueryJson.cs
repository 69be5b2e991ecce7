using System.Text.Json;
using Podwall.Cli.Checking;
using Podwall.Cli.Output;
using Podwall.Policy.Querying;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Querying;

/// <summary>The answer to a query, for a program: kind <c>Query</c>, see docs/json.md.</summary>
internal static class QueryJson
{
    public static void Write(Terminal terminal, OutputFormat format, QueryReport report) => Documents.Write(terminal, format, json =>
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", "podwall.dev/v1");
        json.WriteString("kind", "Query");
        json.WriteString("question", report.Question);
        json.WriteStartArray("connections");
        foreach (var path in report.Paths)
            Write(json, path, report);
        json.WriteEndArray();
        if (report.Hops is { } hops)
        {
            json.WriteStartArray("hops");
            foreach (var hop in hops)
            {
                json.WriteStartObject();
                json.WriteNumber("hop", hop.Number);
                CheckJson.Strings(json, "workloads", report.Names.Workloads(hop.Pods));
                json.WriteNumber("pods", hop.Pods.Count);
                json.WritePropertyName("via");
                Write(json, hop.Via, report);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ReachedPath path, QueryReport report)
    {
        json.WriteStartObject();
        End(json, "from", path.From, report);
        End(json, "to", path.To, report);
        TrafficJson.Write(json, "traffic", path.Traffic);
        CheckJson.Rules(json, "rules", report.Query.RulesOf(path), report.Cluster.Manifests.Sources);
        json.WriteEndObject();
    }

    private static void End(Utf8JsonWriter json, string name, PathEnd end, QueryReport report)
    {
        json.WriteStartObject(name);
        if (end.IsOutside)
            CheckJson.Strings(json, "addresses", end.Addresses.Ranges.Select(r => $"{r}"));
        else
            CheckJson.Strings(json, "workloads", report.Names.Workloads(end.Pods));
        json.WriteEndObject();
    }
}
