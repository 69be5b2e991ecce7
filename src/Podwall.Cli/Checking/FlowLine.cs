using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Cli.Checking;

/// <summary>One line of a batch: <c>{"from":"ns/pod or IP","to":"...","protocol":"TCP","port":80}</c>.</summary>
internal readonly record struct FlowLine(string From, string To, Protocol Protocol, int Port)
{
    /// <summary>Null where the line could be read; else what is wrong with it.</summary>
    public static string? Read(JsonElement line, out FlowLine flow)
    {
        flow = default;
        if (line.ValueKind != JsonValueKind.Object)
            return "a flow is a JSON object with from, to, protocol and port";
        if (line.EnumerateObject().GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { Key: var twice })
            return $"\"{twice}\" stands there twice";
        if (Text(line, "from") is not { Length: > 0 } from)
            return "\"from\" must be a text such as \"ns/pod\" or an IP address";
        if (Text(line, "to") is not { Length: > 0 } to)
            return "\"to\" must be a text such as \"ns/pod\" or an IP address";
        var protocol = Protocol.Tcp;
        if (line.TryGetProperty("protocol", out _) && (Text(line, "protocol") is not { } name || !ProtocolNames.TryParse(name, out protocol)))
            return "\"protocol\" must be TCP, UDP, SCTP or ICMP";
        var hasPort = line.TryGetProperty("port", out var written) && written.ValueKind != JsonValueKind.Null;
        var port = 0;
        if (protocol != Protocol.Icmp && (!hasPort || written.ValueKind != JsonValueKind.Number || !written.TryGetInt32(out port) || port is < 1 or > 65535))
            return $"\"port\" must be a number from 1 to 65535 for {protocol.Name()}";
        flow = new(from, to, protocol, protocol == Protocol.Icmp ? 0 : port);
        return null;
    }

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
