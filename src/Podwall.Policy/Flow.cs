namespace Podwall.Policy;

/// <summary>
/// One connection: from, to, protocol and destination port (0 for a protocol without ports). The ends belong to the
/// <see cref="Compiled"/> that gave them.
/// </summary>
public readonly record struct Flow(Endpoint From, Endpoint To, Protocol Protocol, int Port)
{
    /// <summary>What is sent: <c>TCP 80</c>, or <c>ICMP</c>, which has no ports.</summary>
    public string Packet => Protocol == Protocol.Icmp ? "ICMP" : $"{Protocol.Name()} {Port}";

    public override string ToString() => $"{From} -> {To} {Packet}";
}
