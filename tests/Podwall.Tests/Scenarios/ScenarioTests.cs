using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Scenarios;

/// <summary>Every scenario under k8s/ holds what its expected.yaml says, decided by the engine.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioSteps.Names];

    [Theory, MemberData(nameof(Scenarios))]
    public void What_is_expected_holds(string scenario)
    {
        var expectations = ScenarioSteps.Read(scenario);
        foreach (var (step, snapshot) in ScenarioSteps.Of(scenario))
        {
            var compiled = Compiled.Compile(snapshot);
            var named = step.Expect.SelectMany(e => Flows(compiled, e).Select(f => (Flow: f, e.Is, At: $"{e.Position}"))).ToArray();
            foreach (var (flow, verdict, at) in named)
                AssertVerdict(compiled, flow, verdict, $"{at} ({step.Name})");
            if (step.Otherwise is not { } otherwise)
                continue;
            foreach (var flow in Others(compiled, expectations, step).ExceptBy(named.Select(n => Key(n.Flow)), Key))
                AssertVerdict(compiled, flow, otherwise, $"{scenario}, step '{step.Name}', otherwise");
        }
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void The_policies_are_accepted_and_what_is_refused_is_refused_as_said(string scenario)
    {
        var expectations = ScenarioSteps.Read(scenario);
        foreach (var file in expectations.Steps.SelectMany(s => s.Apply).Append("scenario/cluster.yaml").Distinct())
            Assert.DoesNotContain(ScenarioSteps.Manifests(scenario, file).Diagnostics, d => d.Severity == Severity.Error);
        foreach (var refused in expectations.Refused.Concat(expectations.Steps.SelectMany(s => s.Refused)))
            Assert.Contains(ScenarioSteps.Manifests(scenario, refused.File).Diagnostics, d => d.Severity == Severity.Error && d.Field == refused.Field && d.Message == refused.Message);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void Every_policy_file_takes_part(string scenario)
    {
        var expectations = ScenarioSteps.Read(scenario);
        var used = expectations.Steps.SelectMany(s => s.Apply).Concat(expectations.Refused.Select(r => r.File)).Concat(expectations.Steps.SelectMany(s => s.Refused.Select(r => r.File))).ToHashSet();
        var present = Directory.EnumerateFiles(Checkout.At(scenario), "*.yaml", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Checkout.At(scenario), f).Replace('\\', '/')).Where(f => !f.StartsWith("scenario/", StringComparison.Ordinal));
        Assert.Equal(used.Order(), present.Order());
    }

    private static void AssertVerdict(Compiled compiled, Flow flow, Verdict expected, string where) =>
        Assert.True(compiled.Decide(flow).Verdict == expected, $"{where}: {flow} should be {expected}, is {compiled.Decide(flow)}");

    private static IEnumerable<Flow> Flows(Compiled compiled, Expectation line) => Flows(Ends(compiled, line.From), Ends(compiled, line.To), line.Ports);

    private static IEnumerable<Flow> Others(Compiled compiled, ExpectationFile file, ExpectationStep step)
    {
        var ends = file.Steps.SelectMany(s => s.Expect).SelectMany(e => new[] { e.From, e.To }).SelectMany(e => Ends(compiled, e)).DistinctBy(e => $"{e}").ToArray();
        return Flows(ends, ends, step.Expect.SelectMany(e => e.Ports).Distinct());
    }

    private static IEnumerable<Flow> Flows(Endpoint[] from, Endpoint[] to, IEnumerable<ExpectedPort> ports) =>
        from f in @from
        from t in to
        where $"{f}" != $"{t}" && !(f.IsOutside && t.IsOutside)
        from p in ports
        select new Flow(f, t, p.Protocol, p.Port ?? 0);

    private static (string, string, Protocol, int) Key(Flow flow) => ($"{flow.From}", $"{flow.To}", flow.Protocol, flow.Port);

    private static Endpoint[] Ends(Compiled compiled, FlowEnd end) => end switch
    {
        FlowEnd.OnePod(var id) => [compiled.At(id)!],
        FlowEnd.AllPods(var ns) => [.. compiled.Snapshot.Find(ns)!.Pods.Select(compiled.At)],
        FlowEnd.Outside(var address) => [compiled.At(address)],
        _ => throw new InvalidOperationException(),
    };
}
