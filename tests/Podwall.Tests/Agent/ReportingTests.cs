using System.Text.Json.Nodes;
using Podwall.Agent;
using Podwall.Agent.Reporting;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Api;
using Podwall.Lab.Store;
using Podwall.Policy.Reporting;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Agent;

/// <summary>What agents tell the people of a cluster, through a server that speaks the API.</summary>
public sealed class ReportingTests : IAsyncLifetime
{
    private readonly ManualTime time = new();
    private readonly StringWriter said = new();
    private readonly Metrics metrics = new();
    private ObjectStore store = null!;
    private ApiServer server = null!;
    private ApiClient client = null!;
    private Session session = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = new();
        server = await ApiServer.StartAsync(new() { Store = store, Time = time }, Stop);
        client = new(server.Access());
        session = new(server);
        store.PutNamespace("shop");
        store.PutPod("shop", "web", "10.0.0.1", ("app", "web"));
        Assert.Equal(201, (await session.SendAsync("POST", "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies", """
            {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "idle", "namespace": "shop"}, "spec": {"podSelector": {"matchLabels": {"app": "wbe"}}}}
            """)).Code);
        Assert.Equal(201, (await session.SendAsync("POST", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases", """
            {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "podwall-agent", "namespace": "kube-system"}}
            """)).Code);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        session.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_policy_that_selects_nothing_has_one_event_until_it_does()
    {
        var reporter = Reporter("node1");
        await TurnAsync(reporter);
        Assert.Empty(await EventsAsync());
        await TurnAsync(reporter);
        var told = Assert.Single(await EventsAsync());
        Assert.Equal(("SelectsNoPod", "Warning", "idle", "NetworkPolicy", "networking.k8s.io/v1"), (Text(told, "reason"), Text(told, "type"), Text(told["involvedObject"], "name"), Text(told["involvedObject"], "kind"), Text(told["involvedObject"], "apiVersion")));
        Assert.Equal((await session.SendAsync("GET", "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/idle")).Text("metadata", "uid"), Text(told["involvedObject"], "uid"));
        Assert.Contains("podwall_findings{reason=\"SelectsNoPod\",kind=\"NetworkPolicy\",namespace=\"shop\",name=\"idle\"} 1", metrics.Text(), StringComparison.Ordinal);
        Assert.Contains("object=shop/idle", said.ToString(), StringComparison.Ordinal);
        await TurnAsync(reporter);
        Assert.Equal(Text(told, "lastTimestamp"), Text(Assert.Single(await EventsAsync()), "lastTimestamp"));
        // A server forgets events after an hour.
        time.Move(TimeSpan.FromMinutes(31));
        await TurnAsync(reporter);
        Assert.NotEqual(Text(told, "lastTimestamp"), Text(Assert.Single(await EventsAsync()), "lastTimestamp"));
        store.PutPod("shop", "wbe", "10.0.0.2", ("app", "wbe"));
        await TurnAsync(reporter);
        Assert.DoesNotContain("podwall_findings{", metrics.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_agent_tells_and_another_takes_its_place()
    {
        var (first, second) = (Leader("node1"), Leader("node2"));
        Assert.True(await first.HoldsAsync(Stop));
        Assert.False(await second.HoldsAsync(Stop));
        // As long as it is renewed, nobody else takes it.
        for (var i = 0; i < 20; i++)
        {
            time.Move(TimeSpan.FromSeconds(10));
            Assert.True(await first.HoldsAsync(Stop));
            Assert.False(await second.HoldsAsync(Stop));
        }

        // The first falls silent.
        List<int> since = [];
        for (var i = 1; i <= 12; i++)
        {
            time.Move(TimeSpan.FromSeconds(5));
            if (await second.HoldsAsync(Stop))
                since.Add(5 * i);
        }

        Assert.InRange(since[0], 40, 60);
        Assert.False(await first.HoldsAsync(Stop));
        await second.ReleaseAsync(Stop);
        time.Move(TimeSpan.FromSeconds(15));
        Assert.True(await first.HoldsAsync(Stop));
        Assert.Equal("3", (await session.SendAsync("GET", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/podwall-agent")).Text("spec", "leaseTransitions"));
    }

    [Fact]
    public async Task Who_cannot_renew_stops_before_another_may_begin()
    {
        var first = Leader("node1");
        Assert.True(await first.HoldsAsync(Stop));
        await server.DisposeAsync();
        time.Move(TimeSpan.FromSeconds(20));
        Assert.True(await first.HoldsAsync(Stop));
        time.Move(TimeSpan.FromSeconds(10));
        Assert.False(await first.HoldsAsync(Stop));
    }

    [Fact]
    public async Task Of_agents_that_begin_together_one_leads()
    {
        var agents = Enumerable.Range(1, 8).Select(i => Leader($"node{i}")).ToList();
        Assert.Single(await Task.WhenAll(agents.Select(a => a.HoldsAsync(Stop))), holds => holds);
    }

    [Fact]
    public async Task Without_the_lease_nothing_is_written_and_it_is_said_once()
    {
        Assert.Equal(200, (await session.SendAsync("DELETE", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/podwall-agent")).Code);
        var reporter = Reporter("node1");
        for (var i = 0; i < 5; i++)
        {
            await TurnAsync(reporter);
            time.Move(TimeSpan.FromSeconds(20));
        }

        Assert.Empty(await EventsAsync());
        Assert.Single(said.ToString().Split('\n'), l => l.Contains("kube-system/podwall-agent", StringComparison.Ordinal) && l.Contains("no events are written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_agents_that_tell_the_same_make_one_event()
    {
        var finding = ClusterFindings.Of((await ClusterReader.ReadAsync(client, Stop)).Snapshot).Single();
        await new EventRecorder(client, "node1", time).WriteAsync(finding, Stop);
        await new EventRecorder(client, "node2", time).WriteAsync(finding, Stop);
        Assert.Single(await EventsAsync());
        // Nothing is told of what has gone.
        await new EventRecorder(client, "node1", time).WriteAsync(finding with { Name = "gone" }, Stop);
        Assert.Single(await EventsAsync());
    }

    private FindingsReporter Reporter(string node) => new(metrics, new(said, time), new(client, node, time), Leader(node), time);

    private Leadership Leader(string node) => new(client, LeaseName.Default, node, new(said, time), time);

    private async Task TurnAsync(FindingsReporter reporter)
    {
        reporter.Offer((await ClusterReader.ReadAsync(client, Stop)).Snapshot);
        await reporter.TurnAsync(Stop);
    }

    private async Task<List<JsonNode>> EventsAsync() =>
        [.. (await session.SendAsync("GET", "/api/v1/namespaces/shop/events")).Body!["items"]!.AsArray().Select(e => e!)];

    private static string? Text(JsonNode? node, string field) => node?[field]?.ToString();
}
