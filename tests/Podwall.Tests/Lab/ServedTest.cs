using Podwall.Lab.Api;

namespace Podwall.Tests.Lab;

/// <summary>A test with an API server of its own, whose clock stands still and which remembers little.</summary>
public abstract class ServedTest : IAsyncLifetime
{
    private protected const string Pods = "/api/v1/namespaces/default/pods";

    private protected ManualTime Time { get; } = new();

    private protected ApiServer Server { get; private set; } = null!;

    private protected Session Session { get; private set; } = null!;

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Server = await ApiServer.StartAsync(new() { Store = new(history: 50), Time = Time });
        Session = new(Server);
    }

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
