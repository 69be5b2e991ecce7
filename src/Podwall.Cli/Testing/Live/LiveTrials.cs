using Podwall.Kubernetes;
using Podwall.Lab.Probing;
using Podwall.Policy;
using Podwall.Policy.Asserting;

namespace Podwall.Cli.Testing.Live;

/// <summary>What the connections of one line showed.</summary>
/// <param name="Wrong">Those that ended otherwise than the line says.</param>
/// <param name="Tried">How many ended one way or the other.</param>
/// <param name="Flows">How many the line stands for, one for each pair of pods that differ, and each port.</param>
/// <param name="Untried">Why others were not tried, or what they ended in that says nothing, each with how often.</param>
internal sealed record LiveTrial(ValueList<Probed> Wrong, int Tried, int Flows, ValueList<(string Why, int Count)> Untried);

/// <summary>Tries the lines of test files with connections in a cluster.</summary>
/// <param name="most">How many connections a line may take.</param>
internal sealed class LiveTrials(IProber cluster, int most)
{
    /// <summary>The cases with what their connections showed.</summary>
    public async Task<ValueList<TestCase>> TryAsync(ValueList<TestCase> cases, IEnumerable<ExpectationFile> files, Compiled compiled, IProgress<int> done, CancellationToken cancellation)
    {
        AssertionFlows flows = new(compiled);
        var plans = files.SelectMany(f => TestRun.Lines(f.AsGiven!, compiled.Snapshot), (f, l) => (Key: KeyOf(f.Position.File, $"{l.Line}", l.Line.Position), l.Assertion))
            .GroupBy(l => l.Key, l => l.Assertion).ToDictionary(g => g.Key, g => new Plan(g.ToArray(), flows, most));
        ProbeFlow[] all = [.. plans.Values.SelectMany(p => p.Chosen).Select(c => c.Flow).Distinct()];
        var probed = (await cluster.ProbeAndJudgeAsync(all, done, cancellation)).ToDictionary(p => p.Flow);
        return [.. cases.Select(c => c with { Live = plans[KeyOf(c.Suite, c.Name, c.Position)].Outcome(probed) })];
    }

    private static (string, string, SourcePosition) KeyOf(string file, string name, SourcePosition at) => (file, name, at);

    /// <summary>The connections that stand for a line, which may have several parts.</summary>
    private sealed class Plan
    {
        private readonly int all;
        private readonly string[] untried;

        public Plan(Assertion[] parts, AssertionFlows flows, int most)
        {
            (ProbeFlow Flow, Verdict Is)[] found = [.. parts.SelectMany(p => flows.Of(p), (p, f) => (f, p.Is)).Distinct()];
            (all, untried) = (found.Length, [.. parts.SelectMany(AssertionFlows.Untried).Distinct()]);
            // Evenly, so that they are not all about the first pod.
            Chosen = found.Length <= most ? found : [.. Enumerable.Range(0, most).Select(i => found[(long)i * found.Length / most])];
        }

        public (ProbeFlow Flow, Verdict Is)[] Chosen { get; }

        public LiveTrial Outcome(Dictionary<ProbeFlow, Probed> probed)
        {
            var mine = Chosen.Select(c => (c.Is, Probed: probed[c.Flow])).ToArray();
            var wrong = mine.Where(m => m.Probed.Outcome.Result == (m.Is == Verdict.Allow ? ProbeResult.Denied : ProbeResult.Allowed)).Select(m => m.Probed);
            var unknown = mine.Where(m => m.Probed.Outcome.Result == ProbeResult.Unknown).ToArray();
            List<(string, int)> reasons = [.. unknown.CountBy(m => m.Probed.Outcome.Reason).Select(r => (r.Key, r.Value)), .. untried.Select(u => (u, 1))];
            if (all == 0 && reasons.Count == 0)
                reasons.Add(("no two running pods are meant that declare a port of it", 1));
            return new(wrong.ToValueList(), mine.Length - unknown.Length, all, reasons.ToValueList());
        }
    }
}
