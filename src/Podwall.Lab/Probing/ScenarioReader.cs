using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>
/// Finds and reads scenarios: a folder with <c>scenario/cluster.yaml</c> and <c>scenario/expected.yaml</c> is one, in any
/// other folder all below it are. A policy file alone is before and after, in the cluster that was handed in or the one that
/// lies beside it.
/// </summary>
public sealed class ScenarioReader(IFileTree files, IReadOnlyList<string> clusterPaths)
{
    private const string Part = "scenario";
    private const string ClusterFile = $"{Part}/cluster.yaml";
    private const string ExpectedFile = $"{Part}/expected.yaml";
    private const int DeepestFolder = 32;

    private readonly List<Diagnostic> diagnostics = [];

    public ScenarioReading Read(IEnumerable<string> paths)
    {
        diagnostics.Clear();
        var scenarios = paths.SelectMany(p => Of(p.Length > 1 ? p.TrimEnd('/') : p)).ToList();
        return new(scenarios.ToValueList(), diagnostics.ToValueList());
    }

    private List<Scenario> Of(string path)
    {
        if (files.IsFile(path))
            return OfFiles(path, [.. ManifestPaths.Expand([path], files)]);
        if (clusterPaths.Count > 0 && files.IsDirectory(path) && !Below(path, 0).Any())
            return OfFiles(path, [.. ManifestPaths.Expand([path], files)]);
        if (!files.IsDirectory(path))
        {
            Complain(DiagnosticCodes.Unreadable, $"{path}: no such file or directory", "Name a folder of scenarios, a scenario, or a file of policies.");
            return [];
        }

        var folders = Below(path, 0).ToArray();
        if (folders.Length == 0)
            Complain(DiagnosticCodes.Unreadable, $"{path} holds no scenario", $"A scenario is a folder with policies, {ClusterFile} and {ExpectedFile}; for policies alone, name their cluster with -f.");
        return [.. folders.Select(OfFolder).OfType<Scenario>()];
    }

    private IEnumerable<string> Below(string folder, int depth) =>
        files.IsDirectory(Join(folder, Part)) ? [folder]
        : depth == DeepestFolder ? []
        : files.DirectoriesIn(folder).Where(d => !d.StartsWith('.')).Order(StringComparer.Ordinal).SelectMany(d => Below(Join(folder, d), depth + 1));

    private Scenario? OfFolder(string folder)
    {
        var (cluster, expected) = (Join(folder, ClusterFile), Join(folder, ExpectedFile));
        foreach (var (part, says) in ((string, string)[])[(cluster, "the namespaces, pods and services"), (expected, "the steps and what must hold after each")])
            if (!files.IsFile(part))
                Complain(DiagnosticCodes.Unreadable, $"{part} is missing", $"It holds {says} of the scenario.");
        if (!files.IsFile(cluster) || !files.IsFile(expected))
            return null;
        var reading = ExpectationsReader.Read(Source(expected));
        diagnostics.AddRange(reading.Diagnostics);
        if (reading.HasErrors)
            return null;
        var before = diagnostics.Count;
        var file = reading.Files[0];
        ValueList<ManifestSource> objects = [Source(cluster)];
        var steps = file.Steps.Select(s => Step(folder, s)).ToValueList();
        var refused = file.Refused.Concat(file.Steps.SelectMany(s => s.Refused)).Select(r => Refusal(folder, r)).OfType<ScenarioRefusal>().ToValueList();
        Scenario scenario = new(folder, file.Title, objects, steps, refused);
        Check(scenario);
        return diagnostics.Skip(before).Any(d => d.Severity == Severity.Error) ? null : scenario;
    }

    private List<Scenario> OfFiles(string path, ValueList<ManifestSource> policies)
    {
        var beside = Join(path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : ".", ClusterFile);
        if (clusterPaths.Count == 0 && !files.IsFile(beside))
        {
            Complain(DiagnosticCodes.Unreadable, $"{path}: the cluster of these policies is not known", $"Name its namespaces and pods with -f, or put them into {beside}.");
            return [];
        }

        var cluster = ManifestPaths.Expand(clusterPaths.Count > 0 ? clusterPaths : [beside], files).Where(s => policies.All(p => p.Name != s.Name)).ToValueList();
        Scenario scenario = new(path, "", cluster, [new("before", [], [], null), new(NameOf(path), policies.Select(p => NameOf(p.Name)).ToValueList(), policies, null)], []);
        var before = diagnostics.Count;
        Check(scenario);
        return diagnostics.Skip(before).Any(d => d.Severity == Severity.Error) ? [] : [scenario];
    }

    private ScenarioStep Step(string folder, ExpectationStep step) => new(step.Name, step.Apply, step.Apply.Select((name, i) =>
    {
        if (!files.IsFile(Join(folder, name)))
            Complain(step.Position, $"apply[{i}]", $"there is no file {Join(folder, name)}", "Name a policy file, seen from the scenario's folder.");
        return Source(Join(folder, name));
    }).Where(s => files.IsFile(s.Name)).ToValueList(), step);

    private ScenarioRefusal? Refusal(string folder, ExpectedRefusal refusal)
    {
        if (files.IsFile(Join(folder, refusal.File)))
            return new(Source(Join(folder, refusal.File)), refusal);
        Complain(refusal.Position, "file", $"there is no file {Join(folder, refusal.File)}", "Name the refused file, seen from the scenario's folder.");
        return null;
    }

    private void Check(Scenario scenario)
    {
        var manifests = scenario.Steps.Select(s => ManifestReader.Read([.. scenario.Cluster, .. s.Sources])).ToArray();
        diagnostics.AddRange(manifests.SelectMany(m => m.Diagnostics).Where(d => d.Severity == Severity.Error).DistinctBy(d => (d.Position, d.Field, d.Message)));
        ExpectationCheck check = new(ManifestReader.Read(scenario.Cluster).Snapshot);
        foreach (var step in scenario.Steps)
            diagnostics.AddRange(check.FaultsOf(step.Expected));
    }

    private void Complain(string code, string message, string fix) => diagnostics.Add(new(Severity.Error, code, message) { Fix = fix });

    private void Complain(SourcePosition at, string field, string message, string fix) =>
        diagnostics.Add(new(Severity.Error, DiagnosticCodes.InvalidExpectations, message) { Position = at, Field = field, Fix = fix });

    private ManifestSource Source(string path) => new(path, () => files.OpenRead(path));

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Join(string folder, string name) => folder is "." or "" ? name : $"{folder}/{name}";
}
