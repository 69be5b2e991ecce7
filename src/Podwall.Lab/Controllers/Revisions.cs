using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;

namespace Podwall.Lab.Controllers;

/// <summary>The replica sets of a deployment: the one of its present template, if there is one, and those of earlier ones, oldest first.</summary>
internal sealed record Revisions(ClusterObject? Current, IReadOnlyList<ClusterObject> Old)
{
    private const string Prefix = "deployment.kubernetes.io/", Number = $"{Prefix}revision", Desired = $"{Prefix}desired-replicas", Most = $"{Prefix}max-replicas";

    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public IEnumerable<ClusterObject> All => Current is null ? Old : [.. Old, Current];

    /// <summary>How many pods are wanted of all together.</summary>
    public int Wanted => All.Sum(s => s.Int("spec", "replicas"));

    public int Count(string status) => All.Sum(s => s.Int("status", status));

    public static Revisions Of(ClusterObject deployment, IEnumerable<ClusterObject> sets)
    {
        var living = sets.Where(s => !s.IsGoing).OrderBy(s => s.Created).ThenBy(s => NumberOf(s)).ThenBy(s => s.Name).ToList();
        var current = living.FirstOrDefault(s => s.Template == deployment.Template);
        return new(current, [.. living.Where(s => s != current)]);
    }

    public static long NumberOf(ClusterObject item) => long.TryParse(AnnotationOf(item, Number), CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>The replica set of a deployment's present template, with no pods yet.</summary>
    public JsonObject Next(ClusterObject deployment)
    {
        var hash = PodTemplate.Hash(deployment.Template);
        var template = (JsonObject)deployment.Spec!["template"]!.DeepClone();
        var selector = (JsonObject)deployment.Spec["selector"]!.DeepClone();
        ObjectRules.LabelsOf(ObjectRules.MetadataOf(template))[PodTemplate.HashLabel] = hash;
        if (selector["matchLabels"] is not JsonObject labels)
            selector["matchLabels"] = labels = [];
        labels[PodTemplate.HashLabel] = hash;
        JsonObject set = new()
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name.Name}-{hash}",
                ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
                ["ownerReferences"] = new JsonArray(PodTemplate.OwnerReference(deployment)),
            },
            ["spec"] = new JsonObject { ["replicas"] = 0, ["selector"] = selector, ["template"] = template },
        };
        if (deployment.IntOrNone("spec", "minReadySeconds") is { } seconds)
            set["spec"]!["minReadySeconds"] = seconds;
        Annotate(set, deployment);
        return set;
    }

    /// <summary>Sees to it that the newest revision has the highest number, and tells what its author said about it.</summary>
    public void Renumber(Pass pass, ClusterObject deployment)
    {
        if (Current is not { } current)
            return;
        var number = NumberText(current);
        var author = AuthorsOf(deployment).ToList();
        if (AnnotationOf(current, Number) != number || Sizes(deployment).Concat(author).Any(a => AnnotationOf(current, a.Key) != a.Value) || current.Int("spec", "minReadySeconds") != deployment.Int("spec", "minReadySeconds"))
            pass.Writes.Change(ResourceType.ReplicaSets, current.Name, set =>
            {
                Annotate(set, deployment);
                set["spec"]!["minReadySeconds"] = deployment.Int("spec", "minReadySeconds");
            });
        if (AnnotationOf(deployment, Number) != number)
            pass.Writes.Change(ResourceType.Deployments, deployment.Name, tree => AnnotationsOf(tree)[Number] = number);
    }

    /// <summary>Forgets the oldest revisions beyond what is kept, once they have no pods.</summary>
    public void Prune(Pass pass, int kept)
    {
        var empty = Old.Where(s => s.Int("spec", "replicas") == 0 && s.Int("status", "replicas") == 0 && s.Int("status", "observedGeneration") >= s.Int("metadata", "generation"));
        foreach (var set in empty.OrderBy(NumberOf).Take(Math.Max(0, Old.Count - kept)))
            pass.Writes.Delete(set.Type, set.Name, Deletion.Usual with { Uid = set.Uid });
    }

    private string NumberText(ClusterObject? current)
    {
        var before = Old.Select(NumberOf).DefaultIfEmpty().Max();
        return (current is not null && NumberOf(current) > before ? NumberOf(current) : before + 1).ToString(CultureInfo.InvariantCulture);
    }

    private void Annotate(JsonObject set, ClusterObject deployment)
    {
        var annotations = AnnotationsOf(set);
        foreach (var (key, value) in Sizes(deployment).Concat(AuthorsOf(deployment)))
            annotations[key] = value;
        annotations[Number] = NumberText(Current);
    }

    private static IEnumerable<KeyValuePair<string, string>> Sizes(ClusterObject deployment)
    {
        var replicas = deployment.Int("spec", "replicas");
        yield return new(Desired, replicas.ToString(CultureInfo.InvariantCulture));
        yield return new(Most, (replicas + (deployment.Text("spec", "strategy", "type") == "Recreate" ? 0 : RollingPace.Of(deployment, replicas).Surge)).ToString(CultureInfo.InvariantCulture));
    }

    private static IEnumerable<KeyValuePair<string, string>> AuthorsOf(ClusterObject deployment) =>
        (deployment.Tree["metadata"]!["annotations"] as JsonObject ?? []).Where(a => a.Key != LastApplied && !a.Key.StartsWith(Prefix, StringComparison.Ordinal)).Select(a => KeyValuePair.Create(a.Key, $"{a.Value}"));

    private static string AnnotationOf(ClusterObject item, string key) => item.Text("metadata", "annotations", key);

    private static JsonObject AnnotationsOf(JsonObject tree)
    {
        var metadata = ObjectRules.MetadataOf(tree);
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        return annotations;
    }
}
