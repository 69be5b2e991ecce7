using System.Net;
using System.Net.Sockets;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Api;
using Podwall.Lab.Store;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>Servers that are slow, silent or busy, and clocks that jump.</summary>
public sealed class PatienceTests
{
    private readonly ObjectStore store = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public PatienceTests() => StoreTruth.Populate(store);

    [Fact]
    public async Task A_delay_is_at_least_what_the_server_asked_for()
    {
        ManualTime time = new();
        Backoff backoff = new(FollowOptions.Default, time);
        var waiting = backoff.FailAsync(TimeSpan.FromSeconds(7), Stop);
        time.Move(TimeSpan.FromSeconds(6.9));
        Assert.False(waiting.IsCompleted);
        time.Move(TimeSpan.FromSeconds(0.2));
        await waiting;
    }

    [Fact]
    public async Task Delays_grow_to_a_limit_and_shrink_after_a_quiet_time()
    {
        ManualTime time = new();
        Backoff backoff = new(FollowOptions.Default, time);
        var longest = TimeSpan.Zero;
        for (var failure = 0; failure < 12; failure++)
        {
            var started = time.GetTimestamp();
            var waiting = backoff.FailAsync(null, Stop);
            while (!waiting.IsCompleted)
                time.Move(TimeSpan.FromMilliseconds(50));
            await waiting;
            longest = time.GetElapsedTime(started);
        }

        Assert.InRange(longest, FollowOptions.Default.LongestDelay / 2, FollowOptions.Default.LongestDelay + TimeSpan.FromMilliseconds(50));
        time.Move(TimeSpan.FromMinutes(10));
        var soon = backoff.FailAsync(null, Stop);
        time.Move(FollowOptions.Default.FirstDelay);
        await soon;
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        ManualTime time = new();
        using ApiClient client = new(new(new($"http://{listener.LocalEndpoint}/")) { Origin = "the test" }, time);
        var asking = client.GetAsync("/api/v1/pods", ApiStatus.JsonType, Stop);
        using var accepted = await listener.AcceptTcpClientAsync(Stop);
        time.Move(client.AnswerLimit);
        var failure = await Assert.ThrowsAsync<ApiException>(() => asking);
        Assert.Equal(ApiFault.TimedOut, failure.Fault);
        Assert.Contains("30 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_falls_silent_is_begun_again()
    {
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        await using var faulty = await FaultyServer.StartAsync(server, Enumerable.Repeat(Fault.Silent, 8));
        using ApiClient client = new(faulty.Access);
        await using Followed followed = new(client, ClusterFollowerTests.Impatient with { IdleLimit = TimeSpan.FromMilliseconds(300) });
        await followed.UntilItHoldsAsync(store);
    }

    [Fact]
    public async Task What_follows_a_change_is_read_after_the_pace()
    {
        var pace = TimeSpan.FromSeconds(1);
        ManualTime time = new();
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        using ApiClient client = new(server.Access());
        await using Followed witness = new(client);
        await using Followed paced = new(client, ClusterFollowerTests.Impatient with { Pace = pace, IdleLimit = TimeSpan.FromDays(1) }, time);
        await witness.UntilItHoldsAsync(store);
        await paced.UntilItHoldsAsync(store);
        store.PutPod("apps", "first", "10.0.3.0");
        await InTimeAsync(paced.UntilItHoldsAsync(store), time, pace / 10);
        // The clock stands: of these it reads the first at most.
        for (var next = 1; next < 10; next++)
        {
            store.PutPod("apps", $"next-{next}", $"10.0.3.{next}");
            await witness.UntilItHoldsAsync(store);
        }

        var holds = paced.UntilItHoldsAsync(store);
        store.PutPod("apps", "last", "10.0.3.10");
        await witness.UntilItHoldsAsync(store);
        Assert.False(holds.IsCompleted);
        await InTimeAsync(holds, time, pace / 10);
    }

    [Fact]
    public async Task A_clock_that_jumps_costs_only_a_reading()
    {
        ManualTime time = new();
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        using ApiClient client = new(server.Access(), time);
        await using Followed followed = new(client, time: time);
        await followed.UntilItHoldsAsync(store);
        time.Move(TimeSpan.FromDays(1));
        store.PutPod("apps", "after", "10.0.3.1");
        // The delays after the broken watches pass on the same clock.
        await InTimeAsync(followed.UntilItHoldsAsync(store), time, TimeSpan.FromMilliseconds(20));
    }

    [Theory]
    [InlineData(Fault.TooManyRequests, ApiFault.TooManyRequests)]
    [InlineData(Fault.ServerError, ApiFault.ServerError)]
    [InlineData(Fault.Unauthorized, ApiFault.Unauthorized)]
    [InlineData(Fault.Html, ApiFault.NotAnApiServer)]
    [InlineData(Fault.ResetAtOnce, ApiFault.Unreachable)]
    [InlineData(Fault.EndsAtOnce, ApiFault.BrokenBody)]
    public async Task What_went_wrong_is_told_in_one_line(Fault fault, ApiFault expected)
    {
        await using var server = await ApiServer.StartAsync(new() { Store = store }, Stop);
        await using var faulty = await FaultyServer.StartAsync(server, [fault]);
        using ApiClient client = new(faulty.Access);
        var failure = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync("/api/v1/namespaces/apps", ApiStatus.JsonType, Stop));
        Assert.Equal(expected, failure.Fault);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Contains("the test", failure.Message, StringComparison.Ordinal);
    }

    // The clock goes on until it is done.
    private static async Task InTimeAsync(Task doing, ManualTime time, TimeSpan step)
    {
        while (!doing.IsCompleted)
        {
            time.Move(step);
            await Task.Yield();
        }

        await doing;
    }
}
