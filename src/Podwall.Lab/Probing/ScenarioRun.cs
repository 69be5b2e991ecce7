using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>Runs scenarios in a lab, one after another: each step is applied and probed.</summary>
public sealed class ScenarioRun(ILab lab, IProgress<string> progress)
{
    /// <exception cref="LabException">The lab refuses an object, or does not become what it should.</exception>
    public async Task<ScenarioReport> RunAsync(Scenario scenario, CancellationToken cancellation)
    {
        progress.Report($"{scenario.Folder}: pods start");
        // Pods of the same names were others' in the scenario before.
        await lab.BecomeAsync([], [], cancellation);
        await lab.BecomeAsync(scenario.Cluster, [], cancellation);
        var cluster = OfScenario(await lab.SnapshotAsync(cancellation), scenario);
        ScenarioFlows flows = new(scenario, cluster, lab.Size.Families);
        Stage stage = new(lab, scenario, flows.All(), progress);
        List<StepReport> steps = [];
        for (var i = 0; i < scenario.Steps.Count; i++)
        {
            var step = scenario.Steps[i];
            stage.Label(step.Labels);
            var previous = i > 0 && BuildsOn(step, scenario.Steps[i - 1]) ? scenario.Steps[i - 1] : null;
            var before = previous is not null ? steps[i - 1].Flows.Select(f => f.After).ToValueList() : await stage.ProbeAsync([], cancellation);
            var after = await stage.ProbeAsync(step.Sources, cancellation);
            var expected = flows.ExpectedIn(step);
            steps.Add(new(step.Name, step.Policies, previous?.Name ?? "without policies", step.Labels,
                after.Select((a, f) => new FlowReport(before[f], a, expected[a.Flow].ToValueList())).ToValueList()));
        }

        var refusals = new List<RefusalReport>();
        foreach (var refused in scenario.Refused.AsEnumerable())
            refusals.Add(new(refused.Expected, await lab.RefusalsAsync(refused.Source, cancellation)));
        return new(scenario.Folder, scenario.Title, new(lab.IsSimulated, lab.Size, cluster.Snapshot.Pods.Count(), lab.CameUpIn), steps.ToValueList(), refusals.ToValueList());
    }

    // A lab has pods of its own, too.
    private static LabCluster OfScenario(LabCluster cluster, Scenario scenario)
    {
        var written = ManifestReader.Read(scenario.Cluster).Snapshot.Pods.Select(p => p.Workload).ToHashSet();
        return cluster with { Snapshot = new(cluster.Snapshot.Namespaces.Select(n => n.With(pods: n.Pods.Where(p => written.Contains(p.Workload)))), cluster.Snapshot.Nodes) };
    }

    // The mended form of a policy has its name: what was wrong before is the better comparison.
    private static bool BuildsOn(ScenarioStep step, ScenarioStep previous) =>
        previous.Policies.Count > 0 && previous.Policies.All(p => step.Policies.Any(s => NameOf(s) == NameOf(p)));

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The lab in its present labels. What was probed in a state is not probed again in the same one.</summary>
    private sealed class Stage(ILab lab, Scenario scenario, IReadOnlyList<ProbeFlow> flows, IProgress<string> progress)
    {
        private readonly Dictionary<string, ValueList<Probed>> probed = [];
        private readonly List<LabelChange> labels = [];

        public void Label(ValueList<LabelChange> changes)
        {
            labels.AddRange(changes);
            if (changes.Count > 0)
                probed.Clear();
        }

        public async Task<ValueList<Probed>> ProbeAsync(ValueList<ManifestSource> policies, CancellationToken cancellation)
        {
            var state = string.Join('\n', policies.Select(p => p.Name));
            if (probed.TryGetValue(state, out var known))
                return known;
            await lab.BecomeAsync([.. scenario.Cluster, .. policies], labels, cancellation);
            return probed[state] = await lab.ProbeAndJudgeAsync(flows, new Counted(flows.Count, scenario.Folder, progress), cancellation);
        }
    }

    private sealed class Counted(int all, string folder, IProgress<string> progress) : IProgress<int>
    {
        public void Report(int done) => progress.Report($"{folder}: {done} of {all} flows");
    }
}
