using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Podwall.Policy;

namespace Podwall.Cli.Suggesting;

/// <summary>One observed connection as a log names it; the addresses help where the names mean nothing here.</summary>
internal readonly record struct LoggedFlow(string From, string To, Protocol Protocol, int Port, string? FromAddress = null, string? ToAddress = null);

/// <summary>What a line of a log came to: a flow, nothing that matters (a denial, a reply), or a fault.</summary>
internal readonly record struct LogLine(LoggedFlow? Flow, string? Fault = null, bool IsDenied = false)
{
    public static LogLine Skipped { get; }
}

/// <summary>
/// Reads one line of what observers write: our own JSON, <c>hubble observe -o json</c>, Calico's flow logs, and
/// <c>conntrack -L</c>. Each line tells by itself which of them it is.
/// </summary>
internal static partial class FlowLog
{
    public static LogLine Read(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).Trim();
        if (text.Length == 0)
            return LogLine.Skipped;
        if (text[0] != '{')
            return Conntrack(text);
        try
        {
            using var document = JsonDocument.Parse(text, new() { MaxDepth = 64 });
            var line = document.RootElement;
            return line.TryGetProperty("flow", out var flow) || line.TryGetProperty("IP", out _) ? Hubble(flow.ValueKind == JsonValueKind.Object ? flow : line)
                : line.TryGetProperty("flows", out _) || line.TryGetProperty("node_status", out _) || line.TryGetProperty("lost_events", out _) ? LogLine.Skipped
                : line.TryGetProperty("dest_port", out _) ? Calico(line)
                : Checking.FlowLine.Read(line, out var own) is { } fault ? new(null, fault)
                : new(new(own.From, own.To, own.Protocol, own.Port));
        }
        catch (JsonException broken)
        {
            return new(null, $"is no JSON: {broken.Message}");
        }
    }

    private static LogLine Hubble(JsonElement flow)
    {
        if (Text(flow, "verdict") is "DROPPED" or "ERROR")
            return new(null, IsDenied: true);
        // Only the first packet of a connection says who opened it; translations and replies are other lines.
        if (Text(flow, "verdict") is not "FORWARDED" || (flow.TryGetProperty("is_reply", out var reply) && reply.ValueKind == JsonValueKind.True))
            return LogLine.Skipped;
        if (!flow.TryGetProperty("l4", out var l4) || l4.ValueKind != JsonValueKind.Object || !flow.TryGetProperty("IP", out var ip))
            return LogLine.Skipped;
        foreach (var part in l4.EnumerateObject())
        {
            var isIcmp = part.Name.StartsWith("ICMP", StringComparison.Ordinal);
            var protocol = Protocol.Icmp;
            if (!isIcmp && !ProtocolNames.TryParse(part.Name, out protocol))
                return new(null, $"names the protocol {part.Name}, which is none of TCP, UDP, SCTP and ICMP");
            var port = 0;
            if (!isIcmp && (!part.Value.TryGetProperty("destination_port", out var written) || !written.TryGetInt32(out port) || port is < 1 or > 65535))
                return new(null, "has no destination_port");
            return End(flow, "source", ip) is { } from && End(flow, "destination", ip) is { } to
                ? new(new(from.Name, to.Name, protocol, port, from.Address, to.Address))
                : new(null, "names neither a pod nor an address at one of its ends");
        }

        return LogLine.Skipped;

        static (string Name, string? Address)? End(JsonElement flow, string side, JsonElement ip)
        {
            var address = Text(ip, side);
            return flow.TryGetProperty(side, out var end) && Text(end, "namespace") is { Length: > 0 } ns && Text(end, "pod_name") is { Length: > 0 } pod ? ($"{ns}/{pod}", address)
                : address is not null ? (address, address) : null;
        }
    }

    private static LogLine Calico(JsonElement line)
    {
        if (Text(line, "action") is "deny")
            return new(null, IsDenied: true);
        if (!ProtocolNames.TryParse(Text(line, "proto") is { } name && name.StartsWith("icmp", StringComparison.OrdinalIgnoreCase) ? "ICMP" : Text(line, "proto") ?? "", out var protocol))
            return new(null, $"has the protocol \"{Text(line, "proto")}\", which is none of tcp, udp, sctp and icmp");
        var port = 0;
        if (protocol != Protocol.Icmp && (!Number(line, "dest_port", out port) || port is < 1 or > 65535))
            return new(null, "has no dest_port; log flows without aggregation of ports");
        return End(line, "source") is { } from && End(line, "dest") is { } to
            ? new(new(from.Name, to.Name, protocol, port, from.Address, to.Address))
            : new(null, "names neither a pod nor an address at one of its ends; log flows without aggregation");

        static (string Name, string? Address)? End(JsonElement line, string side)
        {
            var address = Text(line, $"{side}_ip") is { Length: > 1 } known ? known : null;
            if (Text(line, $"{side}_type") is not ("net" or "ns" or "hep") && Text(line, $"{side}_namespace") is { } ns and not ("" or "-"))
            {
                // Aggregated, a name ends in the star of its replica set.
                if (Text(line, $"{side}_name") is { } name and not ("" or "-"))
                    return ($"{ns}/{name}", address);
                if (Text(line, $"{side}_name_aggr") is { } prefix and not ("" or "-"))
                    return ($"{ns}/{prefix.TrimEnd('*').TrimEnd('-')}", address);
            }

            return address is not null ? (address, address) : null;
        }
    }

    /// <summary>The reply tuple of an entry is behind all translation: its source is who was really reached.</summary>
    private static LogLine Conntrack(string text)
    {
        var tuples = Tuple().Matches(text);
        if (ProtocolOf(text) is not { } protocol || tuples.Count < 2)
            return new(null, "is neither JSON nor a line of conntrack -L");
        if (text.Contains("[UNREPLIED]", StringComparison.Ordinal))
            return LogLine.Skipped;
        var (from, to) = (tuples[0].Groups["src"].Value, tuples[1].Groups["src"].Value);
        return protocol == Protocol.Icmp ? new(new(from, to, protocol, 0, from, to))
            : int.TryParse(tuples[1].Groups["sport"].Value, out var port) && port is > 0 and < 65536 ? new(new(from, to, protocol, port, from, to))
            : new(null, "has no port in its reply");
    }

    // Some forms of the listing begin with the name of the family.
    private static Protocol? ProtocolOf(string text)
    {
        foreach (Match word in ProtocolWord().Matches(text))
            if (ProtocolNames.TryParse(word.Value == "icmpv6" ? "icmp" : word.Value, out var protocol))
                return protocol;
        return null;
    }

    private static string? Text(JsonElement line, string name) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Number(JsonElement line, string name, out int number)
    {
        number = 0;
        return line.TryGetProperty(name, out var value) && (value.ValueKind == JsonValueKind.Number ? value.TryGetInt32(out number) : value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), out number));
    }

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex ProtocolWord();

    [GeneratedRegex(@"src=(?<src>\S+) dst=(?<dst>\S+)(?: sport=(?<sport>\d+) dport=(?<dport>\d+))?")]
    private static partial Regex Tuple();
}
