using System.Net;
using System.Net.Sockets;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>Our addresses as sockets take them, and sockets on every address.</summary>
internal static class EndPoints
{
    public static IPEndPoint At(this Address address, int port) => new(IPAddress.TryParse($"{address}", out var parsed) ? parsed : IPAddress.None, port);

    /// <summary>Every address of a family.</summary>
    public static IPEndPoint Any(AddressFamily family, int port) => new(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port);

    /// <summary>A socket bound to a port of every address, of both families where the machine has them.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static Socket Bound(SocketType type, int port)
    {
        var family = Socket.OSSupportsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        Socket socket = new(family, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        if (family == AddressFamily.InterNetworkV6)
            socket.DualMode = true;
        socket.Bind(Any(family, port));
        return socket;
    }
}
