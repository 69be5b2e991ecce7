namespace Podwall.Policy;

/// <summary>
/// What a flow is carried by. <see cref="Icmp"/> stands for ICMP and every other protocol without ports: only a rule
/// without <c>ports</c> allows them.
/// </summary>
public enum Protocol : byte
{
    Tcp,
    Udp,
    Sctp,
    Icmp,
}

/// <summary>The names that Kubernetes gives to protocols.</summary>
public static class ProtocolNames
{
    /// <summary>The protocols that a policy port can name, in the order in which they are printed.</summary>
    public static ValueList<Protocol> WithPorts { get; } = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    public static string Name(this Protocol protocol) => protocol switch
    {
        Protocol.Tcp => "TCP",
        Protocol.Udp => "UDP",
        Protocol.Sctp => "SCTP",
        _ => "ICMP",
    };

    /// <summary>Reads a protocol's name in any case; false where it is none of TCP, UDP, SCTP and ICMP.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Protocol protocol)
    {
        for (protocol = Protocol.Tcp; protocol <= Protocol.Icmp; protocol++)
            if (text.Equals(protocol.Name(), StringComparison.OrdinalIgnoreCase))
                return true;
        protocol = default;
        return false;
    }
}
