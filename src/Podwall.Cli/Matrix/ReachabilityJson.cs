using System.Text.Json;
using Podwall.Cli.Output;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Matrix;

/// <summary>The kind <c>Reachability</c>: a closed world of connections, written as they are found.</summary>
internal static class ReachabilityJson
{
    public static void Write(Terminal terminal, OutputFormat format, Reachability reachability)
    {
        if (format == OutputFormat.Jsonl)
        {
            foreach (var connection in reachability.Connections())
                Documents.Write(terminal, format, json => Write(json, connection));
            return;
        }

        Documents.Write(terminal, format, json =>
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "podwall.dev/v1");
            json.WriteString("kind", "Reachability");
            json.WriteStartArray("connections");
            foreach (var connection in reachability.Connections())
            {
                Write(json, connection);
                // A million connections pass through, they do not pile up.
                if (json.BytesPending > 1 << 16)
                    json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, Connection connection)
    {
        json.WriteStartObject();
        json.WriteString("from", connection.From);
        json.WriteString("to", connection.To);
        TrafficJson.Write(json, "allowed", connection.Traffic);
        if (connection.OnlyOver is { } family)
            json.WriteString("family", $"{family}");
        json.WriteEndObject();
    }
}
