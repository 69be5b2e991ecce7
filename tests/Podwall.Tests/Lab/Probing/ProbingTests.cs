using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;

namespace Podwall.Tests.Lab.Probing;

/// <summary>Ends, Services and probes, apart from scenarios.</summary>
public sealed class ProbingTests
{
    private const string TwoBackends =
        """
        {apiVersion: v1, kind: Pod, metadata: {name: client, namespace: apps}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: apps, labels: {app: api, open: "no"}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}}
        ---
        {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: apps, labels: {app: api}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 9090}]}]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: api, namespace: apps}, spec: {selector: {app: api}, ports: [{port: 80, targetPort: http}]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: nobody, namespace: apps}, spec: {selector: {app: gone}, ports: [{port: 80}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: closed, namespace: apps}, spec: {podSelector: {matchLabels: {open: "no"}}}}
        """;

    [Theory]
    [InlineData("prod/web", "prod/web"), InlineData("svc:prod/web", "svc:prod/web"), InlineData("203.0.113.5", "203.0.113.5"), InlineData("2001:DB8::5", "2001:db8::5")]
    [InlineData("web", null), InlineData("svc:web", null), InlineData("a/b/c", null), InlineData("svc:", null), InlineData("", null)]
    public void An_end_is_read_and_written(string text, string? written) => Assert.Equal(written, ProbeEnd.TryParse(text)?.ToString());

    [Theory]
    [InlineData("apps/client", "svc:apps/api", 80, ProbeResult.Denied, EngineVerdict.Mixed)]
    [InlineData("apps/client", "10.96.0.10", 80, ProbeResult.Denied, EngineVerdict.Mixed)]
    [InlineData("apps/client", "apps/a", 8080, ProbeResult.Denied, EngineVerdict.Deny)]
    [InlineData("apps/client", "apps/b", 9090, ProbeResult.Allowed, EngineVerdict.Allow)]
    [InlineData("203.0.113.5", "apps/a", 8080, ProbeResult.Denied, EngineVerdict.Deny)]
    [InlineData("apps/a", "203.0.113.5", 443, ProbeResult.Allowed, EngineVerdict.Allow)]
    [InlineData("apps/client", "svc:apps/api", 81, ProbeResult.Unknown, EngineVerdict.Unknown)]
    [InlineData("apps/client", "svc:apps/nobody", 80, ProbeResult.Unknown, EngineVerdict.Unknown)]
    [InlineData("apps/client", "svc:apps/none", 80, ProbeResult.Unknown, EngineVerdict.Unknown)]
    [InlineData("apps/client", "apps/gone", 80, ProbeResult.Unknown, EngineVerdict.Unknown)]
    [InlineData("203.0.113.5", "svc:apps/api", 80, ProbeResult.Unknown, EngineVerdict.Unknown)]
    [InlineData("203.0.113.5", "203.0.113.6", 80, ProbeResult.Unknown, EngineVerdict.Unknown)]
    public async Task A_probe_comes_out_beside_the_engine(string from, string to, ushort port, ProbeResult result, EngineVerdict engine)
    {
        foreach (var nodes in (int[])[1, 2])
        {
            await using SimulatedLab lab = new(new(nodes));
            await lab.BecomeAsync([ManifestSource.OfText("cluster.yaml", TwoBackends)], [], LabRuns.Stop);
            ProbeFlow flow = new(ProbeEnd.TryParse(from)!, ProbeEnd.TryParse(to)!, new(Protocol.Tcp, port), IpFamily.V4);
            var probed = Assert.Single(await lab.ProbeAndJudgeAsync([flow], new LabRuns.Silent<int>(), LabRuns.Stop));
            Assert.Equal((result, engine), (probed.Outcome.Result, probed.Engine));
            Assert.False(probed.IsDisagreement);
            Assert.Equal(result == ProbeResult.Unknown, probed.Outcome.Reason.Length > 0);
        }
    }

    [Fact]
    public async Task Policies_that_are_no_longer_applied_are_gone_and_addresses_stay()
    {
        await using SimulatedLab lab = new(new(2, IpFamilies.Both));
        await lab.BecomeAsync([ManifestSource.OfText("cluster.yaml", TwoBackends)], [], LabRuns.Stop);
        var before = await lab.SnapshotAsync(LabRuns.Stop);
        await lab.BecomeAsync([ManifestSource.OfText("cluster.yaml", TwoBackends[..TwoBackends.LastIndexOf("---", StringComparison.Ordinal)])], [], LabRuns.Stop);
        var after = await lab.SnapshotAsync(LabRuns.Stop);
        Assert.Empty(after.Snapshot.Policies);
        Assert.Equal(before.Snapshot.Pods, after.Snapshot.Pods);
        Assert.Equal(before.Snapshot.Pods.Count() * 2, after.Snapshot.Pods.SelectMany(p => p.Addresses).Distinct().Count());
    }

    [Fact]
    public async Task A_faulty_object_and_too_many_pods_are_refused()
    {
        await using SimulatedLab lab = new(new());
        await Assert.ThrowsAsync<LabException>(() => lab.BecomeAsync([ManifestSource.OfText("a.yaml", "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelektor: {}}}")], [], LabRuns.Stop));
        var many = string.Join("\n---\n", Enumerable.Range(0, 300).Select(i => $"{{apiVersion: v1, kind: Pod, metadata: {{name: p{i}, namespace: apps}}}}"));
        Assert.Contains("--nodes 2", (await Assert.ThrowsAsync<LabException>(() => lab.BecomeAsync([ManifestSource.OfText("b.yaml", many)], [], LabRuns.Stop))).Message, StringComparison.Ordinal);
    }
}
