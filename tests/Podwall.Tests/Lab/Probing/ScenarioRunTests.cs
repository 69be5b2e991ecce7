using Podwall.Policy;
using Podwall.Tests.Scenarios;

namespace Podwall.Tests.Lab.Probing;

/// <summary>Every scenario of the project, run in labs of every size.</summary>
public sealed class ScenarioRunTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioSteps.Names];

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Everything_is_as_expected_and_as_the_engine_says(string scenario)
    {
        foreach (var families in (IpFamilies[])[IpFamilies.V4, IpFamilies.V6, IpFamilies.Both])
            foreach (var nodes in (int[])[1, 3])
            {
                var report = await LabRuns.RunAsync(LabRuns.Read(scenario), new(nodes, families));
                Assert.Empty(report.Unmet.Select(u => $"{nodes} nodes, {families}: {u.Probed.Flow} is {u.Probed.Outcome}, {u.Expected.At} says {u.Expected.Is}"));
                Assert.Empty(report.Disagreements.Select(d => $"{nodes} nodes, {families}: {d}"));
                Assert.All(report.Refusals, r => Assert.True(r.IsAsExpected, $"{r.Expected.File}: {string.Join("; ", r.Got)}"));
                Assert.Contains(report.Steps, s => s.Flows.Any(f => f.Expected.Count > 0 && f.After.IsAgreement));
                if (families == IpFamilies.Both)
                    Assert.All(report.Steps.SelectMany(s => s.Flows), f => Assert.True(f.After.IsAgreement, $"{f.Flow}: {f.After}"));
            }
    }
}
