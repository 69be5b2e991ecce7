using CsCheck;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Api;
using Podwall.Lab.Store;
using Podwall.Policy;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>Whatever goes wrong on the way, the follower comes to what the server holds, and without a busy loop.</summary>
public sealed class ClusterFollowerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static readonly FollowOptions Impatient = new() { FirstDelay = TimeSpan.FromMilliseconds(2), LongestDelay = TimeSpan.FromMilliseconds(20), IdleLimit = TimeSpan.FromSeconds(5) };

    [Fact]
    public Task After_any_faults_the_snapshot_equals_a_fresh_list() => Gen.Select(Gen.Enum<Fault>().Where(f => f != Fault.Silent).Array[0, 14], Gen.Int).SampleAsync(
        async (faults, seed) =>
        {
            ObjectStore store = new();
            await using var server = await ApiServer.StartAsync(new() { Store = store });
            Random random = new(seed);
            StoreTruth.Populate(store);
            await using var faulty = await FaultyServer.StartAsync(server, faults);
            using ApiClient client = new(faulty.Access);
            using CancellationTokenSource limit = new(Patience);
            var writing = Task.Run(() => Churn(store, random, 60), limit.Token);
            await using var revisions = new ClusterFollower(client, Impatient).FollowAsync(limit.Token).GetAsyncEnumerator(limit.Token);
            Assert.True(await revisions.MoveNextAsync());
            await writing;
            faulty.Heal();
            // The last write of all is what must come through.
            store.PutPod("apps", "last", "10.9.9.9", ("app", $"{seed}"));
            while (!StoreTruth.Holds(store, revisions.Current.Snapshot))
                Assert.True(await revisions.MoveNextAsync());
            Assert.True(revisions.Current.IsSynced);
            Assert.InRange(faulty.Requests, 4, 400);
        },
        iter: Effort.Times(12), threads: 1);

    [Fact]
    public async Task A_label_change_comes_through()
    {
        await using var server = await ApiServer.StartAsync(cancellation: TestContext.Current.CancellationToken);
        StoreTruth.Populate(server.Store);
        using ApiClient client = new(server.Access());
        using CancellationTokenSource limit = new(Patience);
        await foreach (var revision in new ClusterFollower(client, Impatient).FollowAsync(limit.Token))
        {
            if (revision.Snapshot.Find(new PodId("apps", "p1"))!.Labels["app"] == "changed")
                return;
            server.Store.PutPod("apps", "p1", "10.0.0.1", ("app", "changed"));
        }
    }

    [Fact]
    public async Task Without_a_server_the_deadline_gives_what_is_known()
    {
        using ApiClient client = new(new(new("http://localhost/")) { Origin = "the test", UnixSocket = "/no/such/socket" });
        using CancellationTokenSource limit = new(Patience);
        await using var revisions = new ClusterFollower(client, Impatient with { SyncDeadline = TimeSpan.FromMilliseconds(200) }).FollowAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await revisions.MoveNextAsync());
        Assert.False(revisions.Current.IsSynced);
        Assert.Contains(revisions.Current.Missing, m => m is { Type.Plural: "networkpolicies", Fault.Fault: ApiFault.Unreachable });
    }

    [Fact]
    public async Task A_server_that_lost_its_history_is_followed_again()
    {
        ObjectStore store = new();
        await using var server = await ApiServer.StartAsync(new() { Store = store }, TestContext.Current.CancellationToken);
        StoreTruth.Populate(store);
        await using var faulty = await FaultyServer.StartAsync(server, []);
        using ApiClient client = new(faulty.Access);
        using CancellationTokenSource limit = new(Patience);
        await using var revisions = new ClusterFollower(client, Impatient with { WatchTimeout = TimeSpan.FromSeconds(1) }).FollowAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await revisions.MoveNextAsync());
        store.Forget(store.Version);
        store.PutPod("apps", "new", "10.0.7.7", ("app", "new"));
        while (!StoreTruth.Holds(store, revisions.Current.Snapshot))
            Assert.True(await revisions.MoveNextAsync());
    }

    private static void Churn(ObjectStore store, Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var name = $"p{random.Next(8)}";
            switch (random.Next(6))
            {
                case 0:
                    store.Delete(ResourceType.Pods, new("apps", name));
                    break;
                case 1:
                    store.PutPolicy("apps", $"policy-{random.Next(3)}", $"{random.Next(3)}");
                    break;
                case 2:
                    store.Delete(ResourceType.NetworkPolicies, new("apps", $"policy-{random.Next(3)}"));
                    break;
                case 3:
                    store.PutNamespace("apps", ("team", $"{random.Next(3)}"));
                    break;
                default:
                    store.PutPod("apps", name, $"10.0.1.{random.Next(200)}", ("app", $"{random.Next(4)}"));
                    break;
            }
        }
    }
}
