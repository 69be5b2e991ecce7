using System.Text.Json;
using Podwall.Cli.Output;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Matrix;

/// <summary>The kind <c>Reachability</c>: a closed world of connections, written as they are found.</summary>
internal static class ReachabilityJson
{
    public static void Write(Terminal terminal, OutputFormat format, Reachability reachability) =>
        Documents.WriteList(terminal, format, "Reachability", "connections", reachability.Connections(), Write);

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
