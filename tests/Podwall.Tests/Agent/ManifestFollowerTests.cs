using Podwall.Agent;

namespace Podwall.Tests.Agent;

public sealed class ManifestFollowerTests : IDisposable
{
    private const string Policy = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: deny, namespace: apps}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("podwall-manifests").FullName;

    private string File => Path.Combine(folder, "deny.yaml");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_is_read_when_it_is_written()
    {
        var stop = TestContext.Current.CancellationToken;
        await System.IO.File.WriteAllTextAsync(File, Policy, stop);
        WatchedTime time = new();
        await using var states = new ManifestFollower(folder, time).FollowAsync(stop).GetAsyncEnumerator(stop);
        Assert.True(await states.MoveNextAsync());
        var next = states.MoveNextAsync().AsTask();
        // Somebody writes the file anew, and is not done yet.
        await System.IO.File.WriteAllTextAsync(File, "", stop);
        await time.WaitedFor.WaitAsync(stop);
        Assert.False(next.IsCompleted);
        await System.IO.File.WriteAllTextAsync(File, Policy, stop);
        while (!next.IsCompleted)
        {
            time.Move(ManifestFollower.Quiet);
            await Task.Yield();
        }

        Assert.True(await next);
        Assert.Single(states.Current.Snapshot.Policies);
    }

    /// <summary>A clock that tells when somebody waits by it.</summary>
    private sealed class WatchedTime : TimeProvider
    {
        private readonly Lab.ManualTime clock = new();
        private readonly TaskCompletionSource waited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task WaitedFor => waited.Task;

        public override long TimestampFrequency => clock.TimestampFrequency;

        public void Move(TimeSpan by) => clock.Move(by);

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = clock.CreateTimer(callback, state, dueTime, period);
            waited.TrySetResult();
            return timer;
        }
    }
}
