using System.Net;
using System.Net.Sockets;
using System.Text;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Kubernetes.Client;

/// <summary>What stands between a client and its server.</summary>
public sealed class ProxyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proxy_is_gone_through()
    {
        await using var server = await ApiServer.StartAsync(cancellation: Stop);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using ApiClient client = new(server.Access() with { Proxy = new($"http://{listener.LocalEndpoint}/") });
        var asking = client.OpenAsync("/api/v1/namespaces/default", cancellation: Stop);
        using var inner = await listener.AcceptTcpClientAsync(Stop);
        Assert.StartsWith($"CONNECT {server.Address.Authority} ", await HeadAsync(inner.GetStream()), StringComparison.Ordinal);
        using TcpClient outer = new();
        await outer.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        await inner.GetStream().WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), Stop);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var pumps = Task.WhenAll(inner.GetStream().CopyToAsync(outer.GetStream(), done.Token), outer.GetStream().CopyToAsync(inner.GetStream(), done.Token));
        await using var body = await asking;
        using StreamReader reader = new(body.Stream);
        Assert.Contains("\"Namespace\"", await reader.ReadToEndAsync(Stop), StringComparison.Ordinal);
        await done.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => pumps);
    }

    [Fact]
    public async Task A_proxy_that_shows_a_page_is_named()
    {
        await using var server = await ApiServer.StartAsync(cancellation: Stop);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        var proxy = new Uri($"http://{listener.LocalEndpoint}/");
        using ApiClient client = new(server.Access() with { Proxy = proxy });
        var asking = client.GetAsync("/api/v1/namespaces/default", ApiStatus.JsonType, Stop);
        using (var inner = await listener.AcceptTcpClientAsync(Stop))
        {
            await HeadAsync(inner.GetStream());
            await inner.GetStream().WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"u8.ToArray(), Stop);
        }

        var failure = await Assert.ThrowsAsync<ApiException>(() => asking);
        Assert.Contains($"the proxy {proxy} refuses", failure.Message, StringComparison.Ordinal);
        Assert.Contains("proxy-url", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static async Task<string> HeadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        var next = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(next, Stop);
            head.Append((char)next[0]);
        }

        return head.ToString();
    }
}
