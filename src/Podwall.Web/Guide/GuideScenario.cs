using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Web.Guide;

/// <summary>A policy file of a scenario: its path below the scenario's folder, and its text.</summary>
public sealed record PolicyFile(string Path, string Text);

/// <summary>A state of a scenario: the policies in force, and the one that it is compared with.</summary>
public sealed record GuideStep(string Name, ExpectationStep Step, IReadOnlyList<PolicyFile> Policies, Lazy<Exploration> Reading, GuideStep? Before)
{
    /// <summary>Worked out when it is first asked for: whoever wants the files only need not wait.</summary>
    public Exploration State => Reading.Value;

    /// <summary>Whether anything differs from what it is compared with.</summary>
    public bool Changes => Before is not null;
}

/// <summary>A scenario as the guide shows it: files, steps and what holds, all read from the files under <c>k8s/</c>.</summary>
public sealed class GuideScenario
{
    private readonly Renaming renaming;

    private GuideScenario(string folder, Renaming renaming)
    {
        (Folder, this.renaming) = (folder, renaming);
        Expectations = ExpectationsReader.Read(ManifestSource.OfText("expected.yaml", Text("scenario/expected.yaml"))).Files[0];
        Cluster = new("scenario/cluster.yaml", Text("scenario/cluster.yaml"));
        Policies = [.. ScenarioFiles.In(folder).Select(p => p[(folder.Length + 1)..]).Where(p => !p.StartsWith("scenario/", StringComparison.Ordinal) && !p.StartsWith("refused/", StringComparison.Ordinal)).Select(p => new PolicyFile(p, Text(p)))];
        Refused = [.. Expectations.Refused.Concat(Expectations.Steps.SelectMany(s => s.Refused)).DistinctBy(r => r.File).Select(r => (new PolicyFile(r.File, Text(r.File)), r))];
        Steps = [.. ReadSteps()];
    }

    /// <summary>Such as <c>k8s/tiers/allow-dns</c>.</summary>
    public string Folder { get; }

    public string Title => Expectations.Title;

    public string About => Expectations.About;

    public ExpectationFile Expectations { get; }

    public PolicyFile Cluster { get; }

    /// <summary>The policies that the API server takes.</summary>
    public IReadOnlyList<PolicyFile> Policies { get; }

    public IReadOnlyList<(PolicyFile File, ExpectedRefusal Refusal)> Refused { get; }

    public IReadOnlyList<GuideStep> Steps { get; }

    /// <summary>For links: the folder without the slashes.</summary>
    public string Anchor => Folder["k8s/".Length..].Replace('/', '-');

    public static GuideScenario Read(string folder, Renaming? renaming = null) => new(folder, renaming ?? Renaming.None);

    /// <summary>Whether a cluster can be made of the names: what is wrong with them, or null.</summary>
    public string? Problem => Steps.SelectMany(s => s.State.Manifests.Diagnostics).FirstOrDefault(d => d.Severity == Severity.Error)?.Message;

    private string Text(string path) => renaming.Apply(ScenarioFiles.Read($"{Folder}/{path}"));

    private List<GuideStep> ReadSteps()
    {
        List<LabelChange> labels = [];
        List<GuideStep> steps = [];
        foreach (var step in Expectations.Steps.AsEnumerable())
        {
            var open = steps.Count == 0 ? null : StateOf("without policies", step with { Apply = [] }, labels);
            labels.AddRange(step.Labels);
            var previous = steps.LastOrDefault();
            // A step that only adds to the one before it, or that changes labels, is best compared with that.
            var builds = previous is { Policies.Count: > 0 } && (step.Labels.Count > 0 || previous.Policies.All(p => step.Apply.Any(a => FileName(a) == FileName(p.Path))));
            steps.Add(StateOf(step.Name, step, labels) with { Before = builds ? previous : step.Apply.Count > 0 ? open : step.Labels.Count > 0 ? previous : null });
        }

        return steps;
    }

    private GuideStep StateOf(string name, ExpectationStep step, List<LabelChange> labels)
    {
        PolicyFile[] policies = [.. step.Apply.Select(a => new PolicyFile(a, Text(a)))];
        LabelChange[] changes = [.. labels];
        return new(name, step, policies, new(() => Read(policies, changes)), null);
    }

    private Exploration Read(PolicyFile[] policies, LabelChange[] labels)
    {
        var manifests = ManifestReader.Read(policies.Append(Cluster).Select(f => (f.Path, f.Text)));
        return new(manifests, Compiled.Compile(labels.Aggregate(manifests.Snapshot, Labelled)));
    }

    private static Snapshot Labelled(Snapshot snapshot, LabelChange change)
    {
        if (change is LabelChange.OfNamespace(var name, _))
            return snapshot.Find(name) is { } block ? snapshot.With(block.With(labels: change.ApplyTo(block.Labels))) : snapshot;
        var id = ((LabelChange.OfPod)change).Id;
        return snapshot.Find(id.Namespace) is { } home
            ? snapshot.With(home.With(pods: home.Pods.Select(p => p.Id == id ? p with { Labels = change.ApplyTo(p.Labels) } : p)))
            : snapshot;
    }

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
