using System.Net.Sockets;
using System.Text;
using Podwall.Lab.Hosting;
using Podwall.Policy;
using Podwall.SystemTests.Packets;

namespace Podwall.SystemTests.Lab;

/// <summary>What a responder says, to each kind of client.</summary>
[Collection(KernelCollection.Name)]
public sealed class ResponderTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));

    public void Dispose() => limit.Dispose();

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n*apps/web port 8080/TCP, asked by 127.0.0.1:*\n")]
    [InlineData("GET /hostname HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n*\r\n\r\nweb")]
    [InlineData("HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n*Connection: close\r\n\r\n")]
    [InlineData("hello\n", "apps/web 8080/TCP from 127.0.0.1:*: hello\n")]
    public async Task Streams_are_answered(string said, string answer)
    {
        using var client = await ConnectAsync(SocketType.Stream);
        await using NetworkStream stream = new(client);
        using StreamReader reader = new(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(said), limit.Token);
        client.Shutdown(SocketShutdown.Send);
        Matches(answer, await reader.ReadToEndAsync(limit.Token));
    }

    [Fact]
    public async Task Datagrams_are_answered()
    {
        using var client = await ConnectAsync(SocketType.Dgram);
        await client.SendAsync("hello"u8.ToArray(), limit.Token);
        var buffer = new byte[200];
        Matches("apps/web 8080/UDP from 127.0.0.1:*\n", Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer, limit.Token)));
    }

    private async Task<Socket> ConnectAsync(SocketType type)
    {
        Sandbox.Require();
        var space = NetworkSpace.Create();
        await Tool.IpAsync(space, ["link set lo up"], limit.Token);
        Responder responder = new("apps/web");
        limit.Token.Register(() =>
        {
            responder.Dispose();
            space.Dispose();
        });
        responder.Serve(space, type == SocketType.Stream ? Protocol.Tcp : Protocol.Udp, 8080);
        var client = space.Run(() => new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp));
        await client.ConnectAsync(Address.Parse("127.0.0.1").At(8080), limit.Token);
        return client;
    }

    private static void Matches(string pattern, string text)
    {
        var rest = text;
        foreach (var part in pattern.Split('*'))
        {
            var at = rest.IndexOf(part, StringComparison.Ordinal);
            Assert.True(at >= 0, text);
            rest = rest[(at + part.Length)..];
        }
    }
}
