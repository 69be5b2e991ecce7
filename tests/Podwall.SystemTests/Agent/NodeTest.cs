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
