using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>
/// An end of a flow as a person writes it: <c>ns/name</c>, <c>ns/kind/name</c>, <c>node/name</c> or an address, and behind a
/// colon a port: <c>5432</c>, <c>5432/tcp</c>, <c>http</c>, <c>icmp</c>. An IPv6 address with a port stands in brackets.
/// </summary>
public sealed record FlowTarget(string End, PortText? Port)
{
    /// <summary>What was written could not be understood; says what to write instead.</summary>
    public static string? TryParse(string text, out FlowTarget target)
    {
        target = new(text, null);
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']');
            if (close < 0)
                return $"'{text}': the bracket is never closed; write [2001:db8::1]:443.";
            if (close == text.Length - 1)
                target = new(text[1..close], null);
            else if (text[close + 1] != ':')
                return $"'{text}': behind the bracket goes a colon and the port; write [2001:db8::1]:443.";
            else
                return WithPort(text[1..close], text[(close + 2)..], out target);
            return null;
        }

        var colon = text.LastIndexOf(':');
        return colon < 0 || Address.TryParse(text, out _) ? null : WithPort(text[..colon], text[(colon + 1)..], out target);
    }

    private static string? WithPort(string end, string port, out FlowTarget target)
    {
        var problem = PortText.TryParse(port, out var parsed);
        target = new(end, parsed);
        return problem;
    }
}

/// <summary>A port as a person writes it: a number or the destination's own name for it, and a protocol.</summary>
public sealed record PortText(Protocol Protocol, int Number, string? Name)
{
    public static string? TryParse(string text, out PortText? port)
    {
        port = null;
        var slash = text.IndexOf('/');
        var (value, suffix) = slash < 0 ? (text, "tcp") : (text[..slash], text[(slash + 1)..]);
        if (slash < 0 && value.Equals("icmp", StringComparison.OrdinalIgnoreCase))
        {
            port = new(Protocol.Icmp, 0, null);
            return null;
        }

        if (!ProtocolNames.TryParse(suffix, out var protocol) || protocol == Protocol.Icmp)
            return $"'{suffix}' is no protocol with ports; write {value}/tcp, {value}/udp or {value}/sctp, or icmp without a port.";
        if (ushort.TryParse(value, out var number) && number > 0)
            port = new(protocol, number, null);
        else if (value.Any(char.IsAsciiLetter))
            port = new(protocol, 0, value);
        else
            return $"'{value}' is no port; write a number from 1 to 65535 or the name of a container port.";
        return null;
    }
}
