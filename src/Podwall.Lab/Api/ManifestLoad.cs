using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Api;

/// <summary>Puts the objects of manifests into a cluster of this process; what is there already becomes what they say.</summary>
internal static class ManifestLoad
{
    /// <summary>Gives what was refused, and why: a line each.</summary>
    public static IReadOnlyList<string> Load(ClusterWrites writes, IEnumerable<ManifestSource> sources)
    {
        List<string> problems = [];
        // A namespace may be written behind what it holds.
        foreach (var (source, resource, tree) in sources.SelectMany(s => Objects(s, problems)).OrderBy(o => o.Resource.Type.IsNamespaced).ToList())
            try
            {
                Put(writes, resource, tree);
            }
            catch (ApiFailure refused)
            {
                problems.Add($"{source}: {refused.Status.Message}");
            }

        return problems;
    }

    private static IEnumerable<(string Source, ServedResource Resource, JsonObject Tree)> Objects(ManifestSource source, List<string> problems)
    {
        List<Diagnostic> faults = [];
        var documents = new SourceReader(ReadingLimits.Default, new StringPool(), faults).Read(source);
        problems.AddRange(faults.Where(f => f.Severity == Severity.Error).Select(f => $"{f.Position?.ToString() ?? source.Name}: {f.Message}"));
        foreach (var tree in documents.Select(d => d.Root).OfType<MappingNode>().Select(RequestBody.ToNode))
            foreach (var item in tree["items"] is JsonArray items && Cells.Text(tree, "kind").EndsWith("List", StringComparison.Ordinal) ? items.OfType<JsonObject>().Select(i => (JsonObject)i.DeepClone()) : [tree])
                if (ServedResource.All.FirstOrDefault(r => r.Type.Kind == Cells.Text(item, "kind") && r.Type.ApiVersion == Cells.Text(item, "apiVersion")) is { } resource)
                    yield return (source.Name, resource, item);
                else if (Cells.Text(item, "kind") is { Length: > 0 } kind && kind != ExpectationsReader.Kind)
                    problems.Add($"{source.Name}: a lab has no kind {kind} of {Cells.Text(item, "apiVersion")}");
    }

    private static void Put(ClusterWrites writes, ServedResource resource, JsonObject tree)
    {
        var ns = !resource.Type.IsNamespaced ? "" : Cells.Text(tree, "metadata", "namespace") is { Length: > 0 } written ? written : "default";
        var there = writes.Change(resource.Type, new(ns, ObjectRules.Name(tree)), current =>
        {
            foreach (var (field, value) in tree.Where(f => f.Key is not ("metadata" or "status")))
                current[field] = value?.DeepClone();
            foreach (var field in (string[])["labels", "annotations"])
                if (tree["metadata"]?[field] is { } value)
                    current["metadata"]![field] = value.DeepClone();
        });
        if (there is null)
            writes.Create(resource.Type, ns, tree);
    }
}
