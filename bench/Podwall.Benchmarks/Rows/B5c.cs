using Podwall.Benchmarks.Measuring;
using Podwall.Kubernetes;
using Podwall.Lab.Workloads;
using Podwall.Policy;
using Podwall.Policy.Asserting;
using Podwall.Policy.Reporting;

namespace Podwall.Benchmarks.Rows;

/// <summary>What a pull request waits for: <c>podwall diff</c> and a test file of 200 assertions, against one full matrix.</summary>
public static class B5c
{
    private const int Count = 200;

    public static void Run(RowReport report, ValueList<string> workloads)
    {
        foreach (var name in workloads)
        {
            var workload = Workload.Of(name);
            report.Note($"{workload}");
            Diff(report, name, workload.Snapshot);
            Test(report, name, workload.Snapshot);
        }

        report.Note("diff is compiling both sides and the whole report: causes, pods to come, what is undecidable, each policy alone. test is compiling and 200 assertions, each about a protected pod, half of them over every pod of other namespaces.");
    }

    private static void Diff(RowReport report, string name, Snapshot before)
    {
        // One policy in each of three namespaces loses a rule: a pull request, not a migration.
        var after = before.Namespaces.Where(n => n.Policies.Any(p => p.Ingress is { Count: > 1 })).Take(3).Aggregate(before, (s, n) => s.With(n.With(policies: n.Policies.Select((p, i) =>
            p.Ingress is { Count: > 1 } rules && i == n.Policies.ToList().FindIndex(o => o.Ingress is { Count: > 1 }) ? p with { Ingress = [.. rules.Skip(1)] } : p))));
        var diff = Between();
        var (was, now) = (Matrix.Pairs(Connectivity.Of(Compiled.Compile(before)), TeamCluster.Ports), Matrix.Pairs(Connectivity.Of(Compiled.Compile(after)), TeamCluster.Ports));
        for (var p = 0; p < TeamCluster.Ports.Count; p++)
        {
            var lost = diff.Closed.Where(c => !c.From.IsOutside && !c.To.IsOutside && c.Traffic.Contains(Protocol.Tcp, TeamCluster.Ports[p])).Sum(c => Pairs(c.From, c.To));
            if (diff.Opened.Count > 0 || was[p] - lost != now[p])
                throw new InvalidOperationException($"{name}, port {TeamCluster.Ports[p]}: {was[p]} pairs less {lost} in the difference are not {now[p]}");
        }

        report.Note($"{name}: what the difference closes accounts exactly for the pairs of both matrices on every port");
        Timing.Warm(() => Between());
        var taken = Comparison.Of(() => Timing.Of(() => Matrix.Facts(Connectivity.Of(Compiled.Compile(before)))), () => Timing.Of(() => Between()), attempts: 1);
        report.Add($"{name}, diff of three edited policies", taken, "seconds");

        PolicyDiff Between()
        {
            var compiled = Compiled.Compile(before);
            return PolicyDiff.Between(compiled, compiled.Update(after));
        }
    }

    private static long Pairs(PathEnd from, PathEnd to) => from.Pods.Sum(f => to.Pods.LongCount(t => t.Id != f.Id));

    private static void Test(RowReport report, string name, Snapshot snapshot)
    {
        // A protected pod each, of namespaces all over the cluster: is it out of reach of its own namespace, or of all others?
        var guarded = Connectivity.Of(Compiled.Compile(snapshot)).Classes.Where(c => c.IsIsolated(Direction.Ingress)).SelectMany(c => c.Pods).GroupBy(p => p.Namespace).Select(g => g.First()).OrderBy(p => p.Namespace, StringComparer.Ordinal).ToArray();
        var lines = Enumerable.Range(0, Count).Select(i => (Pod: guarded[i * guarded.Length / Count], IsWide: i % 2 == 0)).ToArray();
        var held = Check();
        var compiled = Compiled.Compile(snapshot);
        var random = new Random(3);
        // Where one holds, pairs of its own are tried; where not, the flow that it names.
        foreach (var (line, result) in lines.Zip(held))
            for (var tries = 0; tries < 20; tries++)
                if ((result.Counterexample ?? Some(line.IsWide ? snapshot.Namespaces[random.Next(snapshot.Namespaces.Count)] : snapshot.Find(line.Pod.Namespace)!, line)) is { } flow && compiled.Decide(flow).IsAllowed == result.Holds)
                    throw new InvalidOperationException($"{name}: {flow} is {(result.Holds ? "allowed, and" : "denied, but is why")} {line} {(result.Holds ? "holds" : "does not hold")}");

        report.Note($"{name}: {held.Count(h => h.Holds)} of {Count} assertions hold, over {held.Sum(h => h.Pairs):n0} pairs");
        Timing.Warm(() => Check());
        var taken = Comparison.Of(() => Timing.Of(() => Matrix.Facts(Connectivity.Of(Compiled.Compile(snapshot)))), () => Timing.Of(() => Check()), attempts: 1);
        report.Add($"{name}, a test file of {Count} assertions", taken, "seconds");

        Flow? Some(NamespaceBlock block, (Pod Pod, bool IsWide) line) => block.Pods.Count > 0 && block.Pods[random.Next(block.Pods.Count)] is var from && from != line.Pod && !(line.IsWide && from.Namespace == line.Pod.Namespace)
            ? new(compiled.At(from), compiled.At(line.Pod), Protocol.Tcp, 65000) : null;

        AssertionResult[] Check()
        {
            Assertions assertions = new(Compiled.Compile(snapshot));
            return [.. lines.Select(l => assertions.Check(new(
                FlowEnds.Of(snapshot, FlowEnd.TryParse($"{(l.IsWide ? "not " : "")}{l.Pod.Namespace}/*")!) with { Addresses = AddressSet.Empty }, FlowEnds.Of(snapshot, FlowEnd.TryParse($"{l.Pod.Id}")!),
                Traffic.Of(Protocol.Tcp, PortSet.Of(65000)), Verdict.Deny)))];
        }
    }
}
