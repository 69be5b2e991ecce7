using System.Text.RegularExpressions;
using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Web.Guide;

/// <summary>A policy file of a scenario: its path below the scenario's folder, and its text.</summary>
public sealed record PolicyFile(string Path, string Text)
{
    /// <summary>Its name when it is downloaded: other than those of the scenario's other files.</summary>
    public string SavedAs => Path.Replace('/', '-');
}

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
        (Folder, this.renaming, IsRenamed) = (folder, renaming, !renaming.IsNone);
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

    /// <summary>Whether it has other names than the files that are shipped.</summary>
    public bool IsRenamed { get; }

    /// <summary>The namespaces that may have other names here.</summary>
    public IEnumerable<string> Namespaces => AllNamespaces.Where(n => n is not ("kube-system" or "default"));

    /// <summary>The labels that may have other values here: only those that a policy asks about make a difference.</summary>
    public IEnumerable<(string Key, string Value)> Labels => Requirements.OfType<Requirement.OneOf>().Where(r => r.Key is not (NamespaceBlock.NameLabel or "k8s-app"))
        .SelectMany(r => r.Values.Select(v => (r.Key, v))).Distinct();

    /// <summary>Whether a cluster can be made of the names: what is wrong with them, or null.</summary>
    public string? Problem => Steps.SelectMany(s => s.State.Manifests.Diagnostics).FirstOrDefault(d => d.Severity == Severity.Error)?.Message;

    /// <summary>Why this scenario cannot have other names; null where it can, and would still mean the same.</summary>
    public string? Objection(Renaming other)
    {
        if (other.Namespaces.Values.FirstOrDefault(n => !Regex.IsMatch(n, "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")) is { } name)
            return $"'{name}' is no name for a namespace: lower-case letters, digits and '-', at most 63, beginning and ending with a letter or digit.";
        if (other.Labels.Values.FirstOrDefault(v => !Regex.IsMatch(v, "^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$")) is { } value)
            return $"'{value}' is no value for a label: letters, digits, '-', '_' and '.', at most 63, beginning and ending with a letter or digit.";
        if (AllNamespaces.GroupBy(other.Namespace).FirstOrDefault(same => same.Count() > 1) is { } spaces)
            return $"Two namespaces cannot have one name, and {string.Join(" and ", spaces)} would both be {spaces.Key}.";
        if (LabelsInUse.GroupBy(l => (l.Key, Value: other.Label(l.Key, l.Value))).FirstOrDefault(same => same.Count() > 1) is { } labels)
            return $"{string.Join(" and ", labels.Select(l => $"{l.Key}={l.Value}"))} would both be {labels.Key.Key}={labels.Key.Value}, and policies could no longer tell them apart. Give them different values.";
        return null;
    }

    private IEnumerable<string> AllNamespaces => Steps[^1].State.Compiled.Snapshot.Namespaces.Select(n => n.Name);

    private IEnumerable<(string Key, string Value)> LabelsInUse => Steps.Select(s => s.State.Compiled.Snapshot)
        .SelectMany(s => s.Pods.SelectMany(p => p.Labels).Concat(s.Namespaces.SelectMany(n => n.Labels))).Select(l => (l.Key, l.Value))
        .Concat(Requirements.SelectMany(r => (r switch { Requirement.OneOf(_, var values) => values, Requirement.NoneOf(_, var values) => values, _ => [] }).Select(v => (r.Key, v))))
        .Where(l => l.Key != NamespaceBlock.NameLabel).Distinct();

    private IEnumerable<Requirement> Requirements => Steps.SelectMany(s => s.State.Compiled.Snapshot.Policies).SelectMany(Selectors).SelectMany(s => s.Requirements);

    /// <summary>Every selector of a policy: whom it governs, and its peers.</summary>
    public static IEnumerable<Selector> Selectors(NetworkPolicy policy) =>
        ((Direction[])[Direction.Ingress, Direction.Egress]).SelectMany(d => policy.Rules(d) ?? []).SelectMany(r => r.Peers).SelectMany(p => p.Selectors).Prepend(policy.Subject);

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
        return new(manifests, Compiled.Compile(labels.Aggregate(manifests.Snapshot, (cluster, change) => change.ApplyTo(cluster))));
    }

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
