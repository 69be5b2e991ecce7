using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Store;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>A cluster that is being followed, and waiting for what comes of it.</summary>
internal sealed class Followed : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource limit = new(Patience);
    private readonly IAsyncEnumerator<ClusterRevision> revisions;
    private ClusterRevision? current;

    public Followed(ApiClient client, FollowOptions? options = null, TimeProvider? time = null) =>
        revisions = new ClusterFollower(client, options ?? ClusterFollowerTests.Impatient, time).FollowAsync(limit.Token).GetAsyncEnumerator(limit.Token);

    /// <summary>Waits until what was followed is what the store holds.</summary>
    public async Task UntilItHoldsAsync(ObjectStore store)
    {
        while (current is not { IsSynced: true } || !StoreTruth.Holds(store, current.Snapshot))
        {
            Assert.True(await revisions.MoveNextAsync());
            current = revisions.Current;
        }
    }

    /// <summary>The first revision, which at the deadline may not be synced.</summary>
    public async Task<ClusterRevision> FirstAsync()
    {
        Assert.True(await revisions.MoveNextAsync());
        return current = revisions.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await limit.CancelAsync();
        await revisions.DisposeAsync();
        limit.Dispose();
    }
}
