using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>Serves ports in a namespace, and says who it is, to HTTP, to lines of text and to datagrams.</summary>
internal sealed class Responder(string name) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource stop = new();

    /// <summary>Begins to serve a port on every address; TCP and UDP can be served.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public void Serve(NetworkSpace space, Protocol protocol, int port)
    {
        var socket = space.Run(() => Open(protocol, port));
        _ = protocol == Protocol.Udp ? AnswerDatagramsAsync(socket, port) : AcceptAsync(socket, port);
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    private static Socket Open(Protocol protocol, int port)
    {
        var socket = EndPoints.Bound(protocol == Protocol.Udp ? SocketType.Dgram : SocketType.Stream, port);
        if (protocol == Protocol.Tcp)
            socket.Listen(512);
        return socket;
    }

    private async Task AcceptAsync(Socket listener, int port)
    {
        var token = stop.Token;
        using (listener)
            while (!token.IsCancellationRequested)
                try
                {
                    _ = AnswerAsync(await listener.AcceptAsync(token), port, token);
                }
                catch (Exception gone) when (gone is SocketException or OperationCanceledException)
                {
                    // The client went before it was let in, or the pod goes.
                }
    }

    private async Task AnswerAsync(Socket client, int port, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(Patience);
        try
        {
            using (client)
            {
                var from = Text(client.RemoteEndPoint);
                await using NetworkStream stream = new(client);
                // Only now: a socket that was asked in vain calls itself disconnected.
                port = Asked(client) ?? port;
                using StreamReader reader = new(stream, Encoding.Latin1);
                while (await reader.ReadLineAsync(limit.Token) is { } line)
                {
                    if (line.Split(' ') is not [var method, var path, var version] || !version.StartsWith("HTTP/", StringComparison.Ordinal))
                    {
                        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{name} {port}/TCP from {from}: {line}\n"), limit.Token);
                        continue;
                    }

                    while (await reader.ReadLineAsync(limit.Token) is { Length: > 0 })
                    {
                    }

                    var body = Body(path.Split('?')[0], port, from);
                    var head = $"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n";
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(method == "HEAD" ? head : head + body), limit.Token);
                    return;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone, or said nothing for long.
        }
    }

    // Where packets are redirected to this port, the one that they were for (SO_ORIGINAL_DST of netfilter).
    private static int? Asked(Socket client)
    {
        const int OriginalDestination = 80, Ip = 0, Ipv6 = 41;
        try
        {
            Span<byte> address = stackalloc byte[28];
            var isV4 = client.RemoteEndPoint is IPEndPoint { Address: { IsIPv4MappedToIPv6: true } or { AddressFamily: AddressFamily.InterNetwork } };
            return client.GetRawSocketOption(isV4 ? Ip : Ipv6, OriginalDestination, address) > 0 ? BinaryPrimitives.ReadUInt16BigEndian(address[2..]) : null;
        }
        catch (Exception unknown) when (unknown is SocketException or PlatformNotSupportedException)
        {
            // Nothing tracks connections in a pod's own network.
            return null;
        }
    }

    // The paths that the usual test image has, too.
    private string Body(string path, int port, string from) => path switch
    {
        "/hostname" or "/hostName" => name.Split('/')[^1],
        "/clientip" => from,
        "/healthz" => "ok",
        _ => $"{name} port {port}/TCP, asked by {from}\n",
    };

    private async Task AnswerDatagramsAsync(Socket socket, int port)
    {
        var token = stop.Token;
        var buffer = new byte[2048];
        using (socket)
            while (!token.IsCancellationRequested)
                try
                {
                    var received = await socket.ReceiveFromAsync(buffer, EndPoints.Any(socket.AddressFamily, 0), token);
                    var from = Text(received.RemoteEndPoint);
                    await socket.SendToAsync(Encoding.UTF8.GetBytes($"{name} {port}/UDP from {from}\n"), received.RemoteEndPoint, token);
                }
                catch (Exception gone) when (gone is SocketException or OperationCanceledException)
                {
                    // An answer did not arrive, or the pod goes.
                }
    }

    private static string Text(EndPoint? end) => end is IPEndPoint ip ? $"{new IPEndPoint(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address, ip.Port)}" : "";
}
