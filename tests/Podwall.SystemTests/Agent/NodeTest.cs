using System.Net;
using System.Net.Sockets;
using Podwall.SystemTests.Packets;

namespace Podwall.SystemTests.Agent;

/// <summary>A test with a node of its own, which ends when it takes too long.</summary>
[Collection(KernelCollection.Name)]
public abstract class NodeTest : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    private Host? host;

    /// <summary>The node, made when it is first asked for; the test is skipped where there can be none.</summary>
    private protected Host Host => host ??= NewHost();

    private protected CancellationToken Stop => limit.Token;

    private protected Task SendDroppedAsync(Socket sender, IPEndPoint to, string reason) => Host.SendDroppedAsync(sender, to, reason, Stop);

    /// <summary>A datagram from client to server and one back, so that the kernel knows the flow.</summary>
    private protected async Task TalkOverUdpAsync()
    {
        using var server = Host.Udp("server", 7000);
        using var client = Host.Udp("client", 7001);
        await client.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.1", 7000), Stop);
        await server.ReceiveAsync(new byte[10], Stop);
        await server.SendToAsync("x"u8.ToArray(), Host.At("10.0.0.2", 7001), Stop);
        await client.ReceiveAsync(new byte[10], Stop);
    }

    public virtual void Dispose()
    {
        host?.Dispose();
        limit.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Host NewHost()
    {
        Sandbox.Require();
        return new();
    }
}
