using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.SystemTests.Packets;
using Podwall.Tests;
using Podwall.Tests.Scenarios;

namespace Podwall.SystemTests.Lab;

/// <summary>Every scenario of the project with real packets, in labs of every kind.</summary>
[Collection(KernelCollection.Name)]
public sealed class ScenarioLabTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(10));

    public void Dispose() => limit.Dispose();

    [Theory]
    // Each flow over both families. Of the other kinds some scenarios, each others; all in a long run.
    [InlineData(3, IpFamilies.Both, 1)]
    [InlineData(1, IpFamilies.V4, 4)]
    [InlineData(3, IpFamilies.V6, 4)]
    [InlineData(3, IpFamilies.V4, 7)]
    [InlineData(1, IpFamilies.V6, 7)]
    [InlineData(1, IpFamilies.Both, 7)]
    public async Task Packets_show_what_is_expected_and_what_the_engine_says(int nodes, IpFamilies families, int share)
    {
        share = Math.Max(1, share / Effort.Times(1));
        await using var lab = await TestLabs.StartAsync(nodes, families, limit.Token);
        ScenarioRun run = new(lab, new Progress<string>());
        List<string> wrong = [];
        foreach (var name in ScenarioSteps.Names.Where((_, i) => i % share == (int)families % share))
        {
            var scenarios = new ScenarioReader(new DiskFiles(() => Stream.Null), []).Read([Checkout.At(name)]);
            Assert.Empty(scenarios.Diagnostics);
            var report = await run.RunAsync(Assert.Single(scenarios.Scenarios), limit.Token);
            Assert.False(report.Lab.IsSimulated);
            wrong.AddRange(report.Unmet.Select(u => $"{name}: {u.Probed.Flow} is {u.Probed.Outcome}, {u.Expected.At} says {u.Expected.Is}"));
            wrong.AddRange(report.Disagreements.Select(d => $"{name}: {d}"));
            wrong.AddRange(report.Refusals.Where(r => !r.IsAsExpected).Select(r => $"{name}: {r.Expected.File}"));
            var flows = report.Steps.SelectMany(s => s.Flows).ToArray();
            Assert.Contains(flows, f => f.Expected.Count > 0 && f.After.IsAgreement);
            if (families == IpFamilies.Both)
                wrong.AddRange(flows.Where(f => !f.After.IsAgreement).Select(f => $"{name}: {f.Flow} was not probed: {f.After.Outcome}"));
        }

        Assert.Empty(wrong.Distinct());
    }
}
