using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Puts the objects of manifests into a cluster of this process; what is there already becomes what they say.</summary>
internal static class ManifestLoad
{
    /// <summary>Gives what was refused, and why: a line each.</summary>
    /// <param name="edit">Sees each object before it is put in, and may change it.</param>
    public static IReadOnlyList<string> Load(ClusterWrites writes, IEnumerable<ManifestSource> sources, Action<ResourceType, ObjectName, JsonObject> edit)
    {
        List<string> problems = [];
        var objects = sources.SelectMany(s => Objects(s, problems)).ToList();
        var homes = objects.Where(o => o.Resource.Type.IsNamespaced).Select(o => HomeOf(o.Tree)).Except(objects.Where(o => o.Resource.Type == ResourceType.Namespaces).Select(o => ObjectRules.Name(o.Tree))).ToList();
        // Whoever has no cluster writes down what lives in a namespace, and seldom the namespace itself.
        foreach (var home in homes)
            if (!writes.Has(ResourceType.Namespaces, new("", home)))
                writes.Create(ResourceType.Namespaces, "", new() { ["metadata"] = new JsonObject { ["name"] = home } });
        // A namespace may be written behind what it holds.
        foreach (var (source, resource, tree) in objects.OrderBy(o => o.Resource.Type.IsNamespaced))
            try
            {
                Put(writes, resource, tree, edit);
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
                // Podwall's own files lie beside manifests.
                else if (Cells.Text(item, "kind") is { Length: > 0 } kind && Cells.Text(item, "apiVersion") != ExpectationsReader.ApiVersion)
                    problems.Add($"{source.Name}: a lab has no kind {kind} of {Cells.Text(item, "apiVersion")}");
    }

    private static string HomeOf(JsonObject tree) => Cells.Text(tree, "metadata", "namespace") is { Length: > 0 } written ? written : "default";

    private static void Put(ClusterWrites writes, ServedResource resource, JsonObject tree, Action<ResourceType, ObjectName, JsonObject> edit)
    {
        var ns = resource.Type.IsNamespaced ? HomeOf(tree) : "";
        ObjectName name = new(ns, ObjectRules.Name(tree));
        edit(resource.Type, name, tree);
        var there = writes.Change(resource.Type, name, current =>
        {
            // What a pod is made of cannot change.
            foreach (var (field, value) in tree.Where(f => f.Key is not ("metadata" or "status") && resource.Type != ResourceType.Pods))
                current[field] = value?.DeepClone();
            foreach (var field in (string[])["labels", "annotations"])
                if (tree["metadata"]?[field] is { } value)
                    current["metadata"]![field] = value.DeepClone();
        });
        if (there is null)
            writes.Create(resource.Type, ns, tree);
    }
}
