using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>Runs scenarios: a lab comes up, each step is applied and probed, and the lab goes down.</summary>
public sealed class ScenarioRun(Func<LabSize, CancellationToken, Task<ILab>> start, LabSize size, IProgress<string> progress)
{
    /// <exception cref="LabException">The lab cannot come up, or refuses an object.</exception>
    public async Task<ScenarioReport> RunAsync(Scenario scenario, CancellationToken cancellation)
    {
        progress.Report($"{scenario.Folder}: lab up");
        await using var lab = await start(size, cancellation);
        await lab.ApplyAsync(scenario.Cluster, cancellation);
        var cluster = await lab.SnapshotAsync(cancellation);
        ScenarioFlows flows = new(scenario, cluster, lab.Size.Families);
        Stage stage = new(lab, scenario, flows.All(), progress);
        List<StepReport> steps = [];
        for (var i = 0; i < scenario.Steps.Count; i++)
        {
            var step = scenario.Steps[i];
            await stage.LabelAsync(step.Labels, cancellation);
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

    // The mended form of a policy has its name: what was wrong before is the better comparison.
    private static bool BuildsOn(ScenarioStep step, ScenarioStep previous) =>
        previous.Policies.Count > 0 && previous.Policies.All(p => step.Policies.Any(s => NameOf(s) == NameOf(p)));

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The lab in its present labels. What was probed in a state is not probed again in the same one.</summary>
    private sealed class Stage(ILab lab, Scenario scenario, IReadOnlyList<ProbeFlow> flows, IProgress<string> progress)
    {
        private readonly Dictionary<string, ValueList<Probed>> probed = [];

        public async Task LabelAsync(ValueList<LabelChange> changes, CancellationToken cancellation)
        {
            foreach (var change in changes.AsEnumerable())
                await lab.LabelAsync(change, cancellation);
            if (changes.Count > 0)
                probed.Clear();
        }

        public async Task<ValueList<Probed>> ProbeAsync(ValueList<ManifestSource> policies, CancellationToken cancellation)
        {
            var state = string.Join('\n', policies.Select(p => p.Name));
            if (probed.TryGetValue(state, out var known))
                return known;
            await lab.ApplyAsync([.. scenario.Cluster, .. policies], cancellation);
            return probed[state] = await lab.ProbeAndJudgeAsync(flows, new Counted(flows.Count, scenario.Folder, progress), cancellation);
        }
    }

    private sealed class Counted(int all, string folder, IProgress<string> progress) : IProgress<int>
    {
        public void Report(int done) => progress.Report($"{folder}: {done} of {all} flows");
    }
}
