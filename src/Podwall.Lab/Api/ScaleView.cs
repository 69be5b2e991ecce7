using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>A workload as a <c>Scale</c> (<c>autoscaling/v1</c>): how many pods it should have, and has.</summary>
internal static class ScaleView
{
    /// <summary>What a table of it is of.</summary>
    public static ResourceType Type { get; } = new(ResourcePart.Scale.Group, ResourcePart.Scale.Version, "scales", ResourcePart.Scale.Kind);

    public static JsonObject Of(StoredObject workload)
    {
        var tree = workload.ToTree();
        var metadata = ObjectRules.MetadataOf(tree);
        JsonObject shown = [];
        foreach (var field in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
            shown[field] = metadata[field]?.DeepClone();
        JsonObject status = new() { ["replicas"] = Cells.Int(tree, "status", "replicas") };
        if (Cells.Selector(tree["spec"]?["selector"]) is var selector && selector != Cells.None)
            status["selector"] = selector;
        return new()
        {
            ["kind"] = ResourcePart.Scale.Kind,
            ["apiVersion"] = $"{ResourcePart.Scale.Group}/{ResourcePart.Scale.Version}",
            ["metadata"] = shown,
            ["spec"] = new JsonObject { ["replicas"] = Cells.Int(tree, "spec", "replicas") },
            ["status"] = status,
        };
    }

    /// <summary>The workload with the number of pods that a Scale asks for.</summary>
    /// <exception cref="ApiFailure">It is no number of pods.</exception>
    public static JsonObject Rescaled(ServedResource resource, StoredObject workload, JsonObject scale)
    {
        if (Cells.Text(scale, "spec", "replicas") is { Length: > 0 } written && (!int.TryParse(written, out var number) || number < 0))
            throw ApiFailure.Of(422, "Invalid", $"Scale.autoscaling \"{workload.Name.Name}\" is invalid: spec.replicas: Invalid value: {written}: must be greater than or equal to 0");
        if (ObjectRules.MetadataText(scale, "resourceVersion") is { Length: > 0 } version && version != ObjectRules.MetadataText(workload.ToTree(), "resourceVersion"))
            throw ApiFailure.Conflict(resource, workload.Name.Name, "the object has been modified; please apply your changes to the latest version and try again");
        var tree = workload.ToTree();
        ((JsonObject)tree["spec"]!)["replicas"] = Cells.Int(scale, "spec", "replicas");
        return tree;
    }
}
