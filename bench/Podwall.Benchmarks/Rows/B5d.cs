using Podwall.Benchmarks.Measuring;
using Podwall.Lab.Workloads;
using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Benchmarks.Rows;

/// <summary>All rules of <c>podwall lint</c> over a cluster, against one full matrix.</summary>
public static class B5d
{
    public static void Run(RowReport report, ValueList<string> workloads)
    {
        foreach (var name in workloads)
        {
            var workload = Workload.Of(name);
            report.Note($"{workload}");
            var findings = Lint(workload.Snapshot);
            Verify(name, workload.Snapshot, findings);
            report.Note($"{name}: {findings.Length:n0} findings ({string.Join(", ", findings.CountBy(f => f.Rule).OrderByDescending(f => f.Value).Select(f => $"{f.Value:n0} {f.Key}"))}); without its redundant policies the cluster has the same matrix");
            Timing.Warm(() => Lint(workload.Snapshot));
            report.Note($"{name}: most of it is {string.Join(", ", Slowest(workload.Snapshot))}");
            var taken = Comparison.Of(() => Timing.Of(() => Matrix.Facts(Connectivity.Of(Compiled.Compile(workload.Snapshot)))), () => Timing.Of(() => Lint(workload.Snapshot)), attempts: 1);
            report.Add($"{name}, lint", taken, "seconds");
        }

        report.Note("lint is compiling and every rule, as of a live cluster: all that there is, is known.");
    }

    private static LintFinding[] Lint(Snapshot snapshot) => [.. LintRules.Check(snapshot, LintFacts.None with { IsComplete = true })];

    private static string[] Slowest(Snapshot snapshot)
    {
        LintContext context = new(Compiled.Compile(snapshot), LintFacts.None with { IsComplete = true });
        return [.. LintRules.All.Select(r => (r.Id, Took: Timing.Of(() => GC.KeepAlive(r.Check(context).ToArray())))).OrderByDescending(r => r.Took).Take(4).Select(r => $"{r.Id} {r.Took.TotalMilliseconds:n0} ms")];
    }

    // What lint calls redundant can be taken away all at once.
    private static void Verify(string name, Snapshot snapshot, LintFinding[] findings)
    {
        var redundant = findings.Where(f => f.Rule == "redundant-policy").Select(f => new PolicyId(f.Place.Namespace!, f.Place.Name)).ToHashSet();
        var thinned = new Snapshot(snapshot.Namespaces.Select(n => n.With(policies: n.Policies.Where(p => !redundant.Contains(p.Id)))), snapshot.Nodes);
        if (Matrix.Facts(Connectivity.Of(Compiled.Compile(snapshot))) is var before && Matrix.Facts(Connectivity.Of(Compiled.Compile(thinned))) is var after && before != after)
            throw new InvalidOperationException($"{name}: without {redundant.Count} redundant policies there are {after:n0} facts, not {before:n0}");
    }
}
