using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.Policy.Asserting;
using Podwall.Policy.Explaining;

namespace Podwall.Cli.Testing;

/// <summary>Decides the lines of test files in clusters, over all flows that they are about.</summary>
internal sealed class TestRun(TimeProvider time)
{
    private readonly List<TestCase> cases = [];
    private readonly List<(Snapshot Snapshot, HashSet<RuleId> Rules, HashSet<PolicyId> Policies)> covered = [];

    /// <summary>The lines that speak of the cluster as it is given.</summary>
    public void Run(ExpectationFile file, Compiled compiled) => Run(file.Position.File, file.AsGiven!, compiled);

    /// <summary>The steps of a scenario, each with its own policies in force.</summary>
    public void Run(Scenario scenario)
    {
        List<LabelChange> labels = [];
        foreach (var step in scenario.Steps.Where(s => s.Expected is not null))
        {
            labels.AddRange(step.Labels);
            var manifests = ManifestReader.Read([.. scenario.Cluster, .. step.Sources]);
            Run($"{scenario.Folder}: {step.Name}", step.Expected!, Compiled.Compile(labels.Aggregate(manifests.Snapshot, (s, l) => l.ApplyTo(s))));
        }
    }

    public TestReport Report(SourceMap sources, long since)
    {
        // Scenarios have policies of their own, step by step; coverage is about a cluster that is given.
        var rules = covered.SelectMany(c => c.Snapshot.Policies).DistinctBy(p => p.Id).SelectMany(RulesOf).ToArray();
        var policies = covered.SelectMany(c => c.Snapshot.Policies).Select(p => p.Id).Distinct().ToArray();
        var (tested, denying) = (covered.SelectMany(c => c.Rules).ToHashSet(), covered.SelectMany(c => c.Policies).ToHashSet());
        return new(cases.ToValueList(), [.. rules.Where(r => !tested.Contains(r))], [.. policies.Where(p => !denying.Contains(p))], rules.Length, policies.Length, sources, time.GetElapsedTime(since));
    }

    private void Run(string suite, ExpectationStep step, Compiled compiled)
    {
        Assertions assertions = new(compiled);
        HashSet<RuleId> rules = [];
        HashSet<PolicyId> policies = [];
        foreach (var (line, assertion) in Lines(step, compiled.Snapshot))
        {
            var result = assertions.Check(assertion);
            rules.UnionWith(result.Exercised);
            policies.UnionWith(result.Isolating);
            // What is otherwise so is one line, in however many pieces it is decided.
            if (cases is [.., { } last] && last.Suite == suite && last.Name == $"{line}" && last.Position == line.Position)
            {
                result = last.Holds ? result with { Pairs = result.Pairs + last.Result.Pairs, IsVacuous = result.IsVacuous && last.Result.IsVacuous } : last.Result with { Pairs = result.Pairs + last.Result.Pairs };
                cases.RemoveAt(cases.Count - 1);
            }

            cases.Add(new(suite, $"{line}", line.Position, result, result.Counterexample is { } flow ? compiled.Explain(flow) : null));
        }

        covered.Add((compiled.Snapshot, rules, policies));
    }

    /// <summary>The lines of a step with what they assert; what is otherwise so comes in pieces, each under the same line.</summary>
    public static IEnumerable<(Expectation Line, Assertion Assertion)> Lines(ExpectationStep step, Snapshot cluster)
    {
        foreach (var line in step.Expect.AsEnumerable())
            yield return (line, new(FlowEnds.Of(cluster, line.From), FlowEnds.Of(cluster, line.To), TrafficOf(line), line.Is, line.ApartBy));
        if (step.Otherwise is not { } otherwise)
            yield break;
        foreach (var (line, assertion) in Others(step, otherwise, cluster))
            yield return (line, assertion);
    }

    /// <summary>Every flow between ends and on ports that some line names, and that no line decides.</summary>
    private static IEnumerable<(Expectation, Assertion)> Others(ExpectationStep step, Verdict otherwise, Snapshot cluster)
    {
        var lines = step.Expect.Select(l => (From: FlowEnds.Of(cluster, l.From), To: FlowEnds.Of(cluster, l.To), Traffic: TrafficOf(l))).ToArray();
        var ends = lines.SelectMany(l => new[] { l.From, l.To }).Aggregate(EndSet.None, (all, one) => all.Union(one));
        var ports = step.Expect.SelectMany(l => l.Ports).Aggregate(Traffic.None, (all, one) => all.Union(one.Traffic));
        Expectation line = new(new FlowEnd.AnyOf([]), new FlowEnd.AnyOf([]), [], otherwise) { Position = step.Position, Name = $"otherwise {(otherwise == Verdict.Allow ? "allow" : "deny")}" };
        foreach (var to in ends.Pods.AsEnumerable())
            foreach (var rest in Rest(ends, ports, lines.Where(l => l.To.Pods.Any(p => p.Id == to.Id)).Select(l => (l.From, l.Traffic))))
                yield return (line, new(rest.Ends, new([to], AddressSet.Empty), rest.Traffic, otherwise));
        foreach (var from in ends.Pods.AsEnumerable())
            foreach (var rest in Rest(new([], ends.Addresses), ports, lines.Where(l => l.From.Pods.Any(p => p.Id == from.Id)).Select(l => (l.To, l.Traffic))))
                yield return (line, new(new([from], AddressSet.Empty), rest.Ends, rest.Traffic, otherwise));
    }

    // What is left of all ends and ports once each line has taken its own.
    private static List<(EndSet Ends, Traffic Traffic)> Rest(EndSet ends, Traffic ports, IEnumerable<(EndSet Ends, Traffic Traffic)> taken)
    {
        List<(EndSet Ends, Traffic Traffic)> rest = [(ends, ports)];
        foreach (var (mine, traffic) in taken)
            rest = [.. rest.SelectMany(r => ((EndSet, Traffic)[])[(Common(r.Ends, mine), r.Traffic.Except(traffic)), (Without(r.Ends, mine), r.Traffic)]).Where(r => !r.Item2.IsNone && (r.Item1.Pods.Count > 0 || !r.Item1.Addresses.IsEmpty))];
        return rest;

        static EndSet Common(EndSet all, EndSet some) => new([.. all.Pods.Where(p => some.Pods.Any(o => o.Id == p.Id))], all.Addresses.Intersect(some.Addresses));

        static EndSet Without(EndSet all, EndSet some) => new([.. all.Pods.Where(p => some.Pods.All(o => o.Id != p.Id))], all.Addresses.Except(some.Addresses));
    }

    private static Traffic TrafficOf(Expectation line) => line.Ports.Aggregate(Traffic.None, (all, one) => all.Union(one.Traffic));

    private static IEnumerable<RuleId> RulesOf(NetworkPolicy policy) => new[] { Direction.Ingress, Direction.Egress }
        .SelectMany(d => Enumerable.Range(0, policy.Rules(d)?.Count ?? 0).Select(i => new RuleId(policy.Id, d, i)));
}
