using System.Net;
using System.Net.Sockets;

namespace Podwall.SystemTests.Agent;

/// <summary>A TCP connection and both its ends.</summary>
internal sealed class Talk(Socket client, Socket server) : IDisposable
{
    public Socket Client => client;

    public Socket Server => server;

    public static async Task<Talk> OpenAsync(Host host, string? from, string? to, string address, CancellationToken stop, int port = 7000)
    {
        var target = Host.At(address, port);
        using var listener = host.Listen(to, port, target.AddressFamily);
        return await OpenAsync(host, from, listener, target, stop);
    }

    public static async Task<Talk> OpenAsync(Host host, string? from, Socket listener, IPEndPoint target, CancellationToken stop)
    {
        var client = host.Tcp(from, target.AddressFamily);
        var accepting = listener.AcceptAsync(stop);
        await client.ConnectAsync(target, stop);
        return new(client, await accepting);
    }

    /// <summary>One word there and one back.</summary>
    public async Task RoundTripAsync(CancellationToken stop)
    {
        var buffer = new byte[10];
        await client.SendAsync("ping"u8.ToArray(), stop);
        Assert.Equal(4, await server.ReceiveAsync(buffer, stop));
        await server.SendAsync("pong"u8.ToArray(), stop);
        Assert.Equal(4, await client.ReceiveAsync(buffer, stop));
    }

    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }
}
