using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Kubernetes.Following;

/// <summary>One of the kinds that a cluster is made of.</summary>
internal interface IResourceFollower
{
    ResourceType Type { get; }

    /// <summary>What went wrong last; null where all is well.</summary>
    ApiException? Fault { get; }

    Task RunAsync(CancellationToken cancellation);
}

/// <summary>
/// Follows a live cluster: namespaces, nodes, pods and network policies as snapshots, through every fault of server and
/// network. What is known stays until a complete reading replaces it.
/// </summary>
public sealed class ClusterFollower(ApiClient client, FollowOptions? options = null, TimeProvider? time = null)
{
    private readonly FollowOptions options = options ?? FollowOptions.Default;
    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <summary>
    /// The cluster's revisions, each time the newest: what changes while the caller is busy comes at once afterwards. The
    /// first comes when every kind was read in full, or at the deadline; none comes when nothing changed that a policy sees.
    /// Faults never end it.
    /// </summary>
    public async IAsyncEnumerable<ClusterRevision> FollowAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // Most events change nothing: whoever read one goes on here with it, and no other thread is woken before there is something to tell.
        var changes = Channel.CreateBounded<Change[]>(new BoundedChannelOptions(1024) { SingleReader = true, AllowSynchronousContinuations = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using CancellationTokenSource deadline = options.SyncDeadline is { } limit ? new(limit, time) : new();
        var followers = Followers(changes.Writer);
        Task[] running = [.. followers.Select(f => RunAsync(f, changes.Writer, stop.Token))];
        try
        {
            ClusterState state = new();
            ClusterRevision? last = null;
            while (true)
            {
                var isLate = !await HasMoreAsync(changes.Reader, last is null ? deadline.Token : default, cancellation);
                while (changes.Reader.TryRead(out var batch))
                    foreach (var change in batch)
                        change(state);
                var revision = new ClusterRevision(state.Take(), Missing(followers, state));
                if ((!revision.IsSynced && !isLate && last is null) || IsSame(revision, last))
                    continue;
                await Task.Yield();
                yield return last = revision;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }
    }

    // What a follower cannot mend is a fault of ours, and ends the whole rather than one kind in silence.
    private static async Task RunAsync(IResourceFollower follower, ChannelWriter<Change[]> changes, CancellationToken stop)
    {
        try
        {
            await Task.Run(() => follower.RunAsync(stop), stop);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            changes.TryComplete(error);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static bool IsSame(ClusterRevision revision, ClusterRevision? last) =>
        last is not null && ReferenceEquals(revision.Snapshot, last.Snapshot) && revision.IsSynced == last.IsSynced;

    // False where the deadline came first.
    private static async ValueTask<bool> HasMoreAsync(ChannelReader<Change[]> changes, CancellationToken deadline, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, cancellation);
        try
        {
            return await changes.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static ValueList<MissingKind> Missing(IEnumerable<IResourceFollower> followers, ClusterState state) =>
        followers.Where(f => !state.Read.Contains(f.Type)).Select(f => new MissingKind(f.Type, f.Fault)).ToValueList();

    private IResourceFollower[] Followers(ChannelWriter<Change[]> changes)
    {
        return
        [
            Follower(ResourceType.Namespaces, new TreeDecoder().Namespace, new(
                (state, item) => state.PutNamespace(item.Key.Name, item.Value), (state, key) => state.RemoveNamespace(key.Name),
                state => state.NamespaceNames.Select(name => new ObjectKey("", name)))),
            Follower(ResourceType.Nodes, new TreeDecoder().Node, new(
                (state, item) => state.PutNode(item.Value), (state, key) => state.RemoveNode(key.Name),
                state => state.NodeNames.Select(name => new ObjectKey("", name)))),
            Follower(ResourceType.NetworkPolicies, new TreeDecoder().EnginePolicy, new(
                (state, item) => state.PutPolicy(item.Value), (state, key) => state.RemovePolicy(key), state => state.PolicyKeys)),
            Follower<Pod?>(ResourceType.Pods, new PodDecoder().Decode, new(
                (state, item) =>
                {
                    if (item.Value is { } pod)
                        state.PutPod(pod);
                    else
                        state.RemovePod(item.Key);
                },
                (state, key) => state.RemovePod(key), state => state.PodKeys)),
        ];

        ResourceFollower<T> Follower<T>(ResourceType type, Decode<T> decode, Effects<T> effects) =>
            new(client, type, decode, effects, options, time, changes);
    }
}
