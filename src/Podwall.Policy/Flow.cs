namespace Podwall.Policy;

/// <summary>
/// One connection: from, to, protocol and destination port (0 for a protocol without ports). The ends belong to the
/// <see cref="Compiled"/> that gave them.
/// </summary>
public readonly record struct Flow(Endpoint From, Endpoint To, Protocol Protocol, int Port)
{
    public override string ToString() => Protocol == Protocol.Icmp ? $"{From} -> {To} ICMP" : $"{From} -> {To} {Protocol.Name()} {Port}";
}
