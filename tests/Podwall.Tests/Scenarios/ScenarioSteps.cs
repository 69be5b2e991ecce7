using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Tests.Scenarios;

/// <summary>The scenarios under k8s/, step by step.</summary>
internal static class ScenarioSteps
{
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Checkout.At("k8s"), "expected.yaml", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Checkout.Root, Path.GetDirectoryName(Path.GetDirectoryName(f)!)!).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>The cluster at each step.</summary>
    public static IEnumerable<(ExpectationStep Step, Snapshot Snapshot)> Of(string scenario)
    {
        List<LabelChange> labels = [];
        foreach (var step in Read(scenario).Steps.AsEnumerable())
        {
            labels.AddRange(step.Labels);
            yield return (step, labels.Aggregate(Cluster(scenario, step.Apply), Apply));
        }
    }

    public static ExpectationFile Read(string scenario)
    {
        var file = Checkout.At(scenario, "scenario", "expected.yaml");
        var (expectations, found) = ExpectationsReader.Read(ManifestSource.OfText(file, File.ReadAllText(file)));
        Assert.Empty(found);
        Assert.NotEmpty(Assert.Single(expectations).Steps);
        return expectations[0];
    }

    private static Snapshot Cluster(string scenario, IEnumerable<string> policies) => Manifests(scenario, [.. policies, "scenario/cluster.yaml"]).Snapshot;

    public static Manifests Manifests(string scenario, params IEnumerable<string> files) =>
        ManifestReader.Read(files.Select(f => (f, File.ReadAllText(Checkout.At(scenario, f)))));

    private static Snapshot Apply(Snapshot snapshot, LabelChange change)
    {
        var (ns, pod) = change switch
        {
            LabelChange.OfNamespace(var name, _) => (name, (PodId?)null),
            LabelChange.OfPod(var id, _) => (id.Namespace, id),
            _ => throw new InvalidOperationException(),
        };
        var block = snapshot.Find(ns)!;
        return snapshot.With(pod is null
            ? block.With(labels: change.ApplyTo(block.Labels))
            : block.With(pods: block.Pods.Select(p => p.Id == pod ? p with { Labels = change.ApplyTo(p.Labels) } : p)));
    }
}
