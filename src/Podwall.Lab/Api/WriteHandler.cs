using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Ownership;
using Podwall.Lab.Api.Patching;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Makes and changes objects.</summary>
/// <param name="remarks">What is said to whoever makes or changes an object: of what it was, if it was, and of what it is.</param>
internal sealed class WriteHandler(ObjectStore store, ClusterWrites writes, FieldOwnership ownership, Func<ResourceType, StoredObject?, StoredObject, IEnumerable<string>> remarks)
{
    public async Task CreateAsync(HttpContext http, RequestTarget target)
    {
        var (resource, body) = (target.Resource, await RequestBody.ReadAsync(http));
        var wasGenerated = ObjectRules.Generate(body.Tree);
        var (tree, warnings) = ObjectRules.Admit(resource, body.Tree, wasGenerated ? (ReadOnlyMemory<byte>?)null : body.Bytes, ValidationOf(http));
        ObjectName name = new(target.ObjectNamespace, ObjectRules.Name(tree));
        CheckNamespace(target, tree);
        Warn(http, warnings);
        if (!IsDry(http) && ObjectRules.MetadataText(tree, "resourceVersion") is { Length: > 0 })
            throw ApiFailure.Of(500, null, "resourceVersion should not be set on objects to be created");
        var stored = Commit(http, resource, name, current => writes.Created(resource, name, current, tree, ManagerOf(http)));
        await AnswerAsync(http, 201, resource, stored);
    }

    public async Task UpdateAsync(HttpContext http, RequestTarget target)
    {
        var (resource, body) = (target.Resource, await RequestBody.ReadAsync(http));
        var written = ObjectRules.Name(body.Tree);
        if (target.Part == ResourcePart.Scale.Name)
        {
            await RescaleAsync(http, target, _ => body.Tree);
            return;
        }

        if (written != target.Name)
            throw ApiFailure.BadRequest(written.Length == 0
                ? "name must be provided"
                : $"the name of the object ({written}) does not match the name on the URL ({target.Name})");
        CheckNamespace(target, body.Tree);
        ObjectName name = new(target.ObjectNamespace, target.Name!);
        // What is not there is said before what is wrong with its successor.
        if (store.Find(resource.Type, name) is null)
            throw ApiFailure.NotFound(resource, name.Name);
        var (tree, warnings) = ObjectRules.Admit(resource, body.Tree, body.Bytes, ValidationOf(http));
        Warn(http, warnings);
        var stored = Commit(http, resource, name, current => current is null
            ? throw ApiFailure.NotFound(resource, name.Name)
            : writes.Followed(resource, target.Part, current, tree, ManagerOf(http)));
        await AnswerAsync(http, 200, resource, stored);
    }

    public async Task PatchAsync(HttpContext http, RequestTarget target)
    {
        var resource = target.Resource;
        if (RequestBody.TypeOf(http) == PatchTypes.Apply)
        {
            await ApplyAsync(http, target);
            return;
        }

        if (http.Request.Query.ContainsKey("force"))
            throw InvalidOption("force", "Forbidden: may not be specified for non-apply patch");
        var type = TypeOf(http);
        var bytes = await RequestBody.BytesAsync(http);
        if (target.Part == ResourcePart.Scale.Name)
        {
            await RescaleAsync(http, target, scale => (JsonObject)Patch.Apply(type, scale, bytes, resource.Type));
            return;
        }

        ObjectName name = new(target.ObjectNamespace, target.Name!);
        var stored = Commit(http, resource, name, current =>
        {
            if (current is null)
                throw ApiFailure.NotFound(resource, name.Name);
            var whole = RequestBody.Parse(ObjectWriter.Whole(resource.Type, current));
            var patched = (JsonObject)Patch.Apply(type, whole, bytes, resource.Type);
            if (ObjectRules.Name(patched) != name.Name)
                throw ApiFailure.BadRequest($"the name of the object ({ObjectRules.Name(patched)}) does not match the name on the URL ({name.Name})");
            var (tree, warnings) = ObjectRules.Admit(resource, patched, null, ValidationOf(http));
            Warn(http, warnings);
            return writes.Followed(resource, target.Part, current, tree, ManagerOf(http));
        });
        await AnswerAsync(http, 200, resource, stored);
    }

    private async Task RescaleAsync(HttpContext http, RequestTarget target, Func<JsonObject, JsonObject> change)
    {
        ObjectName name = new(target.ObjectNamespace, target.Name!);
        var stored = writes.Commit(target.Resource, name, IsDry(http), current => current is null
            ? throw ApiFailure.NotFound(target.Resource, name.Name)
            : writes.Followed(target.Resource, null, current, ScaleView.Rescaled(target.Resource, current, change(ScaleView.Of(current))), ManagerOf(http)));
        http.Response.ContentType = "application/json";
        await http.Response.BodyWriter.WriteAsync(TreeJson.Bytes(ScaleView.Of(stored)), http.RequestAborted);
    }

    // Server-side apply: makes the object where it is not there.
    private async Task ApplyAsync(HttpContext http, RequestTarget target)
    {
        var (resource, body) = (target.Resource, await RequestBody.ReadAsync(http));
        var manager = http.Request.Query["fieldManager"].ToString();
        if (manager.Length == 0)
            throw InvalidOption("fieldManager", "Required value: is required for apply patch");
        CheckApplied(target, body.Tree);
        ObjectName name = new(target.ObjectNamespace, target.Name!);
        var force = http.Request.Query["force"].ToString() is "true" or "1";
        var validation = ValidationOf(http);
        Warn(http, ObjectRules.CheckFields(resource, body, validation));
        var wasThere = true;
        var stored = Commit(http, resource, name, current =>
        {
            wasThere = current is not null;
            if (current is null)
                writes.CheckHome(resource, name);
            var merged = ownership.Apply(resource, current?.ToTree(), body.Tree, manager, force, target.Part);
            if (JsonNode.DeepEquals(current?.ToTree(), ObjectRules.Ordered((JsonObject)merged.DeepClone())))
                return merged;
            var (tree, _) = ObjectRules.Admit(resource, merged, null, validation);
            return current is null ? writes.Created(resource, name, current, tree, null) : writes.Followed(resource, target.Part, current, tree, null);
        });
        await AnswerAsync(http, wasThere ? 200 : 201, resource, stored);
    }

    private StoredObject Commit(HttpContext http, ServedResource resource, ObjectName name, Rewrite rewrite)
    {
        StoredObject? before = null;
        var stored = writes.Commit(resource, name, IsDry(http), current => rewrite(before = current));
        Warn(http, remarks(resource.Type, before, stored));
        return stored;
    }

    private static void CheckApplied(RequestTarget target, JsonObject tree)
    {
        var type = target.Resource.Type;
        if (ObjectRules.TextOf(tree["apiVersion"]) != type.ApiVersion || ObjectRules.TextOf(tree["kind"]) != type.Kind)
            throw ApiFailure.BadRequest($"an applied object must say apiVersion: {type.ApiVersion} and kind: {type.Kind}");
        if (ObjectRules.MetadataText(tree, "name") is { } written && written != target.Name)
            throw ApiFailure.BadRequest($"the name of the object ({written}) does not match the name on the URL ({target.Name})");
        CheckNamespace(target, tree);
        if ((tree["metadata"] as JsonObject)?["managedFields"] is not null)
            throw ApiFailure.BadRequest("metadata.managedFields must be nil");
    }

    // Who does not say what he is called is known by his program.
    private static string ManagerOf(HttpContext http)
    {
        const int Longest = 128;
        var name = http.Request.Query["fieldManager"].ToString() is { Length: > 0 } given ? given : http.Request.Headers.UserAgent.ToString().Split('/')[0] is { Length: > 0 } program ? program : "unknown";
        return name.Length <= Longest ? name : throw InvalidOption("fieldManager", $"Too long: may not be more than {Longest} bytes");
    }

    private static ApiFailure InvalidOption(string field, string what) =>
        ApiFailure.Of(422, "Invalid", $"PatchOptions.meta.k8s.io \"\" is invalid: {field}: {what}", new() { Group = "meta.k8s.io", Kind = "PatchOptions" });

    private static PatchType TypeOf(HttpContext http) => RequestBody.TypeOf(http) switch
    {
        PatchTypes.Json => PatchType.Json,
        PatchTypes.Merge => PatchType.Merge,
        PatchTypes.StrategicMerge => PatchType.StrategicMerge,
        _ => throw ApiFailure.Of(415, "UnsupportedMediaType", "415: Unsupported Media Type", new()),
    };

    private static void CheckNamespace(RequestTarget target, JsonObject tree)
    {
        if (target.Resource.Type.IsNamespaced && ObjectRules.MetadataText(tree, "namespace") is { Length: > 0 } written && written != target.Namespace)
            throw ApiFailure.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private static FieldValidation ValidationOf(HttpContext http) => http.Request.Query["fieldValidation"].ToString() switch
    {
        "Strict" => FieldValidation.Strict,
        "Ignore" => FieldValidation.Ignore,
        "" or "Warn" => FieldValidation.Warn,
        var other => throw ApiFailure.Of(422, "Invalid", $"{(http.Request.Method == "POST" ? "Create" : http.Request.Method == "PUT" ? "Update" : "Patch")}Options.meta.k8s.io \"\" is invalid: fieldValidation: "
            + $"Invalid value: {GoText.Quote(other)}: fieldValidation parameter unsupported: must be one of: Ignore, Warn, Strict"),
    };

    internal static bool IsDry(HttpContext http) => http.Request.Query["dryRun"].ToString() switch
    {
        "" => false,
        "All" => true,
        var other => throw ApiFailure.Of(422, "Invalid", $"DryRun: Unsupported value: {GoText.Quote(other)}: supported values: \"All\""),
    };

    private static void Warn(HttpContext http, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
            http.Response.Headers.Append("Warning", $"299 - {GoText.Quote(warning)}");
    }

    internal static async Task AnswerAsync(HttpContext http, int code, ServedResource resource, StoredObject stored)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        await http.Response.BodyWriter.WriteAsync(ObjectWriter.Whole(resource.Type, stored), http.RequestAborted);
    }
}
