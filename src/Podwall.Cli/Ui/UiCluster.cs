using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Policy;

namespace Podwall.Cli.Ui;

/// <summary>The cluster that the page shows: manifests that stay as they are, or a live one that is followed.</summary>
internal sealed class UiCluster(string source, Manifests manifests, Compiled compiled, ApiClient? client = null) : IDisposable
{
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(3);

    private readonly Lock changing = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private State state = new(1, new(manifests, compiled), "");

    /// <summary>One moment of the cluster.</summary>
    internal sealed record State(long Revision, Exploration Exploration, string Trouble);

    public State Now => state;

    public string Source => source;

    /// <summary>The files that are shown; none where it is a cluster.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    public ApiClient? Client => client;

    /// <summary>Waits until the revision is another one; comes back after the limit in any case.</summary>
    public async Task<State> ChangedAsync(long revision, TimeSpan limit, CancellationToken cancellation)
    {
        var news = changed.Task;
        if (state.Revision == revision)
            await Task.WhenAny(news, Task.Delay(limit, cancellation));
        return state;
    }

    /// <summary>Follows a live cluster until cancelled, through all its faults.</summary>
    public Task FollowAsync(CancellationToken cancellation) => client is null ? Task.CompletedTask : Task.WhenAll(SnapshotsAsync(client, cancellation), PulseAsync(client, cancellation));

    private async Task SnapshotsAsync(ApiClient from, CancellationToken cancellation)
    {
        await foreach (var revision in new ClusterFollower(from).FollowAsync(cancellation))
            if (revision.IsSynced)
                Change(s => s with { Exploration = new(s.Exploration.Manifests with { Snapshot = revision.Snapshot }, s.Exploration.Compiled.Update(revision.Snapshot)) });
    }

    // The follower goes on through faults in silence; who looks at a page wants to know that it has grown old.
    private async Task PulseAsync(ApiClient to, CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(Pulse, cancellation);
            var trouble = "";
            try
            {
                await using var body = await to.OpenAsync("/version", cancellation: cancellation);
            }
            catch (ApiException gone)
            {
                trouble = $"{gone.Message} What is shown is the cluster as it was last seen.";
            }

            if (trouble != state.Trouble)
                Change(s => s with { Trouble = trouble });
        }
    }

    private void Change(Func<State, State> change)
    {
        lock (changing)
        {
            state = change(state) with { Revision = state.Revision + 1 };
            var news = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            news.SetResult();
        }
    }

    public void Dispose() => client?.Dispose();
}
