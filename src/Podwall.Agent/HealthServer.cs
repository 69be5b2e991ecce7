using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Podwall.Agent;

/// <summary>
/// <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c> over plain HTTP/1.1, one answer a connection. Whatever the Host header
/// says is answered, which the library's listener does not do on a single address.
/// </summary>
public sealed class HealthServer : IDisposable
{
    private const int LongestRequest = 8 * 1024;

    // Who asks slowly keeps nobody else waiting, up to so many.
    private const int MostClients = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener listener;
    private readonly AgentLoop loop;
    private readonly Metrics metrics;

    /// <exception cref="SocketException">The address is taken, or not one of this host.</exception>
    public HealthServer(IPEndPoint address, AgentLoop loop, Metrics metrics)
    {
        (this.loop, this.metrics, listener) = (loop, metrics, new(address));
        listener.Start();
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using SemaphoreSlim room = new(MostClients);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await room.WaitAsync(cancellation);
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(cancellation), cancellation).ContinueWith(_ => room.Release(), TaskScheduler.Default);
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // Who asked has gone, or we have.
            }
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task AnswerAsync(TcpClient client, CancellationToken cancellation)
    {
        using (client)
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            limit.CancelAfter(Patience);
            try
            {
                await AnswerAsync(client.GetStream(), limit.Token);
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // Who asked has gone, or we have.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var request = await RequestAsync(stream, cancellation);
        var (status, text) = request.Split(' ') is ["GET", var path, ..] ? Of(path.Split('?')[0]) : ("400 Bad Request", "GET is understood\n");
        var body = Encoding.UTF8.GetBytes(text);
        var head = $"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], cancellation);
    }

    private (string Status, string Text) Of(string path) => path switch
    {
        "/livez" => loop.IsAlive ? ("200 OK", "ok\n") : ("500 Internal Server Error", $"the loop has not turned for {loop.SinceBeat.TotalSeconds:0} s\n"),
        "/readyz" => loop.Unready is { Length: > 0 } why ? ("503 Service Unavailable", $"{why}\n") : ("200 OK", "ok\n"),
        "/metrics" => ("200 OK", metrics.Text()),
        _ => ("404 Not Found", "there are /livez, /readyz and /metrics\n"),
    };

    // The first line, after the whole head was read, so that nothing unread resets the connection.
    private static async Task<string> RequestAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var buffer = new byte[LongestRequest];
        var length = 0;
        while (length < buffer.Length && !buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8) && await stream.ReadAsync(buffer.AsMemory(length), cancellation) is > 0 and var read)
            length += read;
        return Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n")[0];
    }
}
