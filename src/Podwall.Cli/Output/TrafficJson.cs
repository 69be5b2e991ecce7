using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Cli.Output;

/// <summary>A set of (protocol, ports): everything, ICMP included, is the protocol <c>*</c> without ports.</summary>
internal static class TrafficJson
{
    public static void Write(Utf8JsonWriter json, string name, Traffic traffic)
    {
        json.WriteStartArray(name);
        if (traffic.IsEverything)
        {
            json.WriteStartObject();
            json.WriteString("protocol", "*");
            json.WriteEndObject();
            json.WriteEndArray();
            return;
        }

        foreach (var protocol in ProtocolNames.WithPorts)
        {
            if (traffic.Of(protocol).IsEmpty)
                continue;
            json.WriteStartObject();
            json.WriteString("protocol", protocol.Name());
            json.WriteStartArray("ports");
            foreach (var range in traffic.Of(protocol).Ranges)
                json.WriteStringValue($"{range}");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (traffic.PortLess)
        {
            json.WriteStartObject();
            json.WriteString("protocol", Protocol.Icmp.Name());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
