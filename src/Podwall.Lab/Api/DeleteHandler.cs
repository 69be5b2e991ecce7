using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Takes objects away: at once, when their finalizers are gone, or with all that a namespace holds.</summary>
internal sealed class DeleteHandler(ObjectStore store, TimeProvider time)
{
    private readonly ObjectRules rules = new(time);

    public async Task HandleAsync(HttpContext http, RequestTarget target)
    {
        var (resource, options) = (target.Resource, await OptionsAsync(http));
        ObjectName name = new(target.ObjectNamespace, target.Name!);
        var found = store.Find(resource.Type, name) ?? throw ApiFailure.NotFound(resource, name.Name);
        if (WriteHandler.IsDry(http) || IsDry(options))
        {
            CheckPreconditions(resource, found, options);
            await AnswerAsync(http, resource, Marked(found));
            return;
        }

        await AnswerAsync(http, resource, Delete(resource, name, options) ?? throw ApiFailure.NotFound(resource, name.Name));
    }

    public async Task HandleAllAsync(HttpContext http, RequestTarget target, ListOptions options)
    {
        var (resource, deletion) = (target.Resource, await OptionsAsync(http));
        var view = store.View(resource.Type);
        var selected = view.From(target.Namespace).Where(options.Selects).ToList();
        if (!WriteHandler.IsDry(http) && !IsDry(deletion))
            foreach (var item in selected)
                Delete(resource, item.Name, deletion);
        http.Response.ContentType = "application/json";
        var items = string.Join(',', selected.Select(i => Encoding.UTF8.GetString(i.Json.Span)));
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(
            $"{{\"kind\":\"{resource.Type.Kind}List\",\"apiVersion\":\"{resource.Type.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{view.Version}\"}},\"items\":[{items}]}}"), http.RequestAborted);
    }

    // What was there, marked as going; null where nothing was.
    private StoredObject? Delete(ServedResource resource, ObjectName name, JsonObject? options)
    {
        if (store.Find(resource.Type, name) is not { } found)
            return null;
        if (resource.Type == ResourceType.Namespaces)
            return DeleteNamespace(resource, name, options);
        if (found.ToTree()["metadata"]?["finalizers"] is JsonArray { Count: > 0 })
            return store.Write(resource.Type, name, current =>
            {
                CheckPreconditions(resource, current ?? throw ApiFailure.NotFound(resource, name.Name), options);
                return current.ToTree()["metadata"]?["deletionTimestamp"] is null ? Marked(current).ToTree() : null;
            });
        return store.Delete(resource.Type, name, current => CheckPreconditions(resource, current, options));
    }

    private StoredObject DeleteNamespace(ServedResource resource, ObjectName name, JsonObject? options)
    {
        if (name.Name is "default" or "kube-system" or "kube-public")
            throw ApiFailure.Forbidden(resource, name.Name, "this namespace may not be deleted");
        var going = store.Write(resource.Type, name, current =>
        {
            CheckPreconditions(resource, current ?? throw ApiFailure.NotFound(resource, name.Name), options);
            return current.ToTree()["metadata"]?["deletionTimestamp"] is null ? Marked(current).ToTree() : null;
        });
        EmptyNamespace(name.Name);
        return going;
    }

    /// <summary>An object that waits for its finalizers goes with the last of them, and may be the last of its namespace.</summary>
    public void Finish(ServedResource resource, StoredObject item)
    {
        var tree = item.ToTree();
        var metadata = tree["metadata"]!;
        if (metadata["deletionTimestamp"] is null || metadata["finalizers"] is JsonArray { Count: > 0 } || tree["spec"]?["finalizers"] is JsonArray { Count: > 0 })
            return;
        store.Delete(resource.Type, item.Name);
        if (store.Find(ResourceType.Namespaces, new("", item.Name.Namespace))?.Field("status.phase") == "Terminating")
            EmptyNamespace(item.Name.Namespace);
    }

    // Takes away what a going namespace holds; when nothing holds out, the cluster's own finalizer of the namespace goes.
    private void EmptyNamespace(string ns)
    {
        var holdsOut = false;
        foreach (var inside in ServedResource.All.Where(r => r.Type.IsNamespaced))
            foreach (var item in store.View(inside.Type).From(ns).ToList())
            {
                Delete(inside, item.Name, null);
                holdsOut |= store.Find(inside.Type, item.Name) is not null;
            }

        ObjectName name = new("", ns);
        if (holdsOut || store.Find(ResourceType.Namespaces, name) is null)
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

    private StoredObject Marked(StoredObject item)
    {
        var tree = item.ToTree();
        var metadata = ObjectRules.MetadataOf(tree);
        metadata["deletionTimestamp"] = rules.Now();
        if (item.Name.Namespace.Length == 0 && tree["status"] is JsonObject { } status && status["phase"] is not null)
            tree["status"] = new JsonObject { ["phase"] = "Terminating" };
        return StoredObject.Of(item.Name, item.Version, ObjectRules.Ordered(tree));
    }

    private static void CheckPreconditions(ServedResource resource, StoredObject item, JsonObject? options)
    {
        if (options?["preconditions"] is not JsonObject wanted)
            return;
        var metadata = item.ToTree()["metadata"]!;
        foreach (var (field, said) in new[] { ("uid", "UID"), ("resourceVersion", "ResourceVersion") })
            if (ObjectRules.TextOf(wanted[field]) is { Length: > 0 } asked && ObjectRules.TextOf(metadata[field]) is var actual && asked != actual)
            {
                var kind = resource.Type.Group.Length == 0 ? resource.Type.Kind : $"{resource.Type.Kind}.{resource.Type.Group}";
                throw ApiFailure.Of(409, "Conflict", $"Operation cannot be fulfilled on {kind} \"{item.Name.Name}\": the {said} in the precondition ({asked}) does not match the {said} in record ({actual}). "
                    + "The object might have been deleted and then recreated", new() { Name = item.Name.Name, Group = resource.Type.Group.Length > 0 ? resource.Type.Group : null, Kind = resource.Type.Kind });
            }
    }

    private static bool IsDry(JsonObject? options) => options?["dryRun"] is JsonArray { Count: > 0 };

    private static async Task<JsonObject?> OptionsAsync(HttpContext http)
    {
        var bytes = await RequestBody.BytesAsync(http);
        if (bytes.Length == 0)
            return null;
        try
        {
            return JsonNode.Parse(bytes.Span) as JsonObject ?? throw new JsonException("no object");
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw ApiFailure.BadRequest($"the body of the request holds no DeleteOptions: {broken.Message.Split(" LineNumber:")[0]}");
        }
    }

    // A pod or namespace is answered as itself, anything else by saying that it went.
    private static async Task AnswerAsync(HttpContext http, ServedResource resource, StoredObject item)
    {
        if (resource.Type == ResourceType.Namespaces || resource.Type == ResourceType.Pods || item.ToTree()["metadata"]?["deletionTimestamp"] is not null)
        {
            await WriteHandler.AnswerAsync(http, 200, resource, item);
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new ApiStatus
        {
            Status = ApiStatus.Success,
            Details = new()
            {
                Name = item.Name.Name,
                Group = resource.Type.Group.Length > 0 ? resource.Type.Group : null,
                Kind = resource.Type.Plural,
                Uid = item.Field("metadata.uid"),
            },
        }, ApiStatus.JsonType), http.RequestAborted);
    }
}
