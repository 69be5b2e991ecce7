using Podwall.Policy.Compiling;

namespace Podwall.Policy;

/// <summary>What a tier sees of a flow: one governed end, the other end, one direction, one family.</summary>
internal readonly ref struct Packet
{
    public required Direction Direction { get; init; }

    public required LabelGroup Subject { get; init; }

    /// <summary>The pods at the far end, or null where it is no pod that a selector can select.</summary>
    public required LabelGroup? Peer { get; init; }

    /// <summary>The far end's address in <see cref="Family"/>, or null where it is unknown.</summary>
    public required Address? PeerAddress { get; init; }

    public required IpFamilies Family { get; init; }

    public required Protocol Protocol { get; init; }

    public required int Port { get; init; }

    public static Packet Of(Direction direction, Endpoint subject, Endpoint peer, IpFamilies family, Protocol protocol, int port) => new()
    {
        Direction = direction,
        Subject = subject.Group!,
        Peer = peer.Group,
        PeerAddress = peer.AddressIn(family),
        Family = family,
        Protocol = protocol,
        Port = port,
    };

    public LabelGroup? Destination => Direction == Direction.Ingress ? Subject : Peer;
}
