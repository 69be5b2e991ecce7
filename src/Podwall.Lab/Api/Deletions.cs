using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Streams;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>
/// Takes objects away: at once, when their finalizers are gone, when a kubelet has ended them, or with all that a namespace holds.
/// </summary>
internal sealed class Deletions(ObjectStore store, TimeProvider time, IPodRuntime? runtime)
{
    /// <summary>What was there, or stays marked as going; null where nothing was.</summary>
    /// <exception cref="ApiFailure">It is not the one that was meant, or may not go.</exception>
    public StoredObject? Delete(ServedResource resource, ObjectName name, Deletion how)
    {
        var gone = Begin(resource, name, how);
        if (gone is not null && !how.IsDry)
            FinishNamespace(name.Namespace);
        return gone;
    }

    /// <summary>An object that waits for its finalizers goes with the last of them, and may be the last of its namespace.</summary>
    public void Finish(ServedResource resource, StoredObject item)
    {
        var tree = item.ToTree();
        var metadata = tree["metadata"]!;
        if (metadata["deletionTimestamp"] is null || GraceLeft(metadata) > 0 || metadata["finalizers"] is JsonArray { Count: > 0 } || tree["spec"]?["finalizers"] is JsonArray { Count: > 0 })
            return;
        store.Delete(resource.Type, item.Name);
        FinishNamespace(item.Name.Namespace);
    }

    private StoredObject? Begin(ServedResource resource, ObjectName name, Deletion how)
    {
        if (store.Find(resource.Type, name) is not { } found)
            return null;
        if (how.IsDry)
        {
            CheckPreconditions(resource, found, how);
            return StoredObject.Of(name, found.Version, Marked(found, 0));
        }

        if (resource.Type == ResourceType.Namespaces)
            return DeleteNamespace(resource, name, how);
        if (how.LeavesDependents)
            Release(resource, found, how);
        var tree = found.ToTree();
        var grace = GraceFor(resource, tree, how);
        return grace > 0 || tree["metadata"]?["finalizers"] is JsonArray { Count: > 0 }
            ? Mark(resource, name, how, grace)
            : store.Delete(resource.Type, name, current => CheckPreconditions(resource, current, how));
    }

    private StoredObject DeleteNamespace(ServedResource resource, ObjectName name, Deletion how)
    {
        if (name.Name is "default" or "kube-system" or "kube-public")
            throw ApiFailure.Forbidden(resource, name.Name, "this namespace may not be deleted");
        var going = Mark(resource, name, how, 0);
        foreach (var inside in ServedResource.All.Where(r => r.Type.IsNamespaced))
            foreach (var item in store.View(inside.Type).From(name.Name).ToList())
                Begin(inside, item.Name, Deletion.Usual);
        FinishNamespace(name.Name);
        return going;
    }

    // When nothing holds out in a going namespace, the cluster's own finalizer of it goes.
    private void FinishNamespace(string ns)
    {
        ObjectName name = new("", ns);
        if (ns.Length == 0 || store.Find(ResourceType.Namespaces, name)?.Field("status.phase") != "Terminating"
            || ServedResource.All.Any(r => r.Type.IsNamespaced && store.View(r.Type).From(ns).Any()))
            return;
        var namespaces = ServedResource.Of(ResourceType.Namespaces);
        Finish(namespaces, store.Write(ResourceType.Namespaces, name, current =>
        {
            var tree = (current ?? throw ApiFailure.NotFound(namespaces, ns)).ToTree();
            if (tree["spec"]?["finalizers"] is JsonArray finalizers)
                finalizers.RemoveAll(f => ObjectRules.TextOf(f) == "kubernetes");
            return tree;
        }));
    }

    // The owner is marked first, so that no controller makes anew what it is about to lose.
    private void Release(ServedResource resource, StoredObject owner, Deletion how)
    {
        Mark(resource, owner.Name, how, 0);
        var uid = owner.Field("metadata.uid");
        foreach (var kind in ServedResource.All)
            foreach (var item in store.View(kind.Type).Objects.Where(o => o.Json.Span.IndexOf(Encoding.UTF8.GetBytes(uid)) >= 0))
                store.Write(kind.Type, item.Name, current => current?.ToTree() is { } tree && tree["metadata"]!["ownerReferences"] is JsonArray owners
                    && owners.RemoveAll(o => Cells.Text(o, "uid") == uid) > 0 ? ObjectRules.Ordered(tree) : null);
    }

    // The seconds that a kubelet gets to end a pod: none where it has not begun, or is done with it.
    private long GraceFor(ServedResource resource, JsonObject tree, Deletion how)
    {
        if (runtime is null || resource.Type != ResourceType.Pods || Cells.Text(tree, "spec", "nodeName").Length == 0 || Cells.Text(tree, "status", "phase") is "Succeeded" or "Failed")
            return 0;
        const long Default = 30, Shortest = 1;
        var metadata = tree["metadata"]!;
        var asked = how.GraceSeconds
            ?? (metadata["deletionTimestamp"] is not null ? GraceLeft(metadata)
            : tree["spec"]!["terminationGracePeriodSeconds"] is null ? Default : Cells.Int(tree, "spec", "terminationGracePeriodSeconds"));
        return asked < 0 ? Shortest : asked;
    }

    private StoredObject Mark(ServedResource resource, ObjectName name, Deletion how, long grace) => store.Write(resource.Type, name, current =>
    {
        CheckPreconditions(resource, current ?? throw ApiFailure.NotFound(resource, name.Name), how);
        var metadata = current.ToTree()["metadata"]!;
        return metadata["deletionTimestamp"] is null || GraceLeft(metadata) > grace ? Marked(current, grace) : null;
    });

    private JsonObject Marked(StoredObject item, long grace)
    {
        var tree = item.ToTree();
        var metadata = ObjectRules.MetadataOf(tree);
        // Who asks again may only shorten what is left from when it was asked first.
        var asked = DateTimeOffset.TryParse(Cells.Text(metadata, "deletionTimestamp"), CultureInfo.InvariantCulture, out var due) ? due.AddSeconds(-GraceLeft(metadata)) : time.GetUtcNow();
        metadata["deletionTimestamp"] = ObjectRules.TimeText(asked.AddSeconds(grace));
        metadata.Remove("deletionGracePeriodSeconds");
        if (grace > 0)
            metadata["deletionGracePeriodSeconds"] = grace;
        if (item.Name.Namespace.Length == 0 && tree["status"] is JsonObject { } status && status["phase"] is not null)
            tree["status"] = new JsonObject { ["phase"] = "Terminating" };
        return ObjectRules.Ordered(tree);
    }

    private static long GraceLeft(JsonNode metadata) => Cells.Int(metadata, "deletionGracePeriodSeconds");

    private static void CheckPreconditions(ServedResource resource, StoredObject item, Deletion how)
    {
        var metadata = item.ToTree()["metadata"]!;
        foreach (var (field, wanted, said) in new[] { ("uid", how.Uid, "UID"), ("resourceVersion", how.ResourceVersion, "ResourceVersion") })
            if (wanted is { Length: > 0 } && ObjectRules.TextOf(metadata[field]) is var actual && wanted != actual)
            {
                var kind = resource.Type.Group.Length == 0 ? resource.Type.Kind : $"{resource.Type.Kind}.{resource.Type.Group}";
                throw ApiFailure.Of(409, "Conflict", $"Operation cannot be fulfilled on {kind} \"{item.Name.Name}\": the {said} in the precondition ({wanted}) does not match the {said} in record ({actual}). "
                    + "The object might have been deleted and then recreated", new() { Name = item.Name.Name, Group = resource.Type.Group.Length > 0 ? resource.Type.Group : null, Kind = resource.Type.Kind });
            }
    }
}
