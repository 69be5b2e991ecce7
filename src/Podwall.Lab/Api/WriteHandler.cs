using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Patching;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>Makes and changes objects.</summary>
internal sealed class WriteHandler(ObjectStore store, TimeProvider time)
{
    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    private readonly ObjectRules rules = new(time);
    private readonly DeleteHandler deletes = new(store, time);

    public async Task CreateAsync(HttpContext http, RequestTarget target)
    {
        var (resource, body) = (target.Resource, await RequestBody.ReadAsync(http));
        Generate(body.Tree, out var wasGenerated);
        var (tree, warnings) = ObjectRules.Admit(resource, body.Tree, wasGenerated ? null : body.Bytes, ValidationOf(http));
        ObjectName name = new(target.ObjectNamespace, ObjectRules.Name(tree));
        CheckNamespace(target, tree);
        Warn(http, warnings);
        var isDry = IsDry(http);
        if (!isDry && ObjectRules.MetadataText(tree, "resourceVersion") is { Length: > 0 })
            throw ApiFailure.Of(500, null, "resourceVersion should not be set on objects to be created");
        var stored = Write(resource, name, isDry, current =>
        {
            CheckHome(resource, name);
            return current is null ? rules.Born(resource, name, tree) : throw ApiFailure.AlreadyExists(resource, name.Name);
        });
        await AnswerAsync(http, 201, resource, stored);
    }

    public async Task UpdateAsync(HttpContext http, RequestTarget target)
    {
        var (resource, body) = (target.Resource, await RequestBody.ReadAsync(http));
        var written = ObjectRules.Name(body.Tree);
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
        var stored = Write(resource, name, IsDry(http), current => current is null
            ? throw ApiFailure.NotFound(resource, name.Name)
            : ObjectRules.Succeeding(resource, current, tree, target.Part));
        if (!IsDry(http))
            deletes.Finish(resource, stored);
        await AnswerAsync(http, 200, resource, stored);
    }

    public async Task PatchAsync(HttpContext http, RequestTarget target)
    {
        var resource = target.Resource;
        var type = TypeOf(http);
        var bytes = await RequestBody.BytesAsync(http);
        ObjectName name = new(target.ObjectNamespace, target.Name!);
        IEnumerable<string> warnings = [];
        var stored = Write(resource, name, IsDry(http), current =>
        {
            if (current is null)
                throw ApiFailure.NotFound(resource, name.Name);
            var whole = RequestBody.Parse(ObjectWriter.Whole(resource.Type, current));
            var patched = (JsonObject)Patch.Apply(type, whole, bytes, resource.Type);
            if (ObjectRules.Name(patched) != name.Name)
                throw ApiFailure.BadRequest($"the name of the object ({ObjectRules.Name(patched)}) does not match the name on the URL ({name.Name})");
            (var tree, warnings) = ObjectRules.Admit(resource, patched, null, ValidationOf(http));
            return ObjectRules.Succeeding(resource, current, tree, target.Part);
        });
        Warn(http, warnings);
        if (!IsDry(http))
            deletes.Finish(resource, stored);
        await AnswerAsync(http, 200, resource, stored);
    }

    private static PatchType TypeOf(HttpContext http) => RequestBody.TypeOf(http) switch
    {
        PatchTypes.Json => PatchType.Json,
        PatchTypes.Merge => PatchType.Merge,
        PatchTypes.StrategicMerge => PatchType.StrategicMerge,
        "application/apply-patch+yaml" => throw ApiFailure.Of(415, "UnsupportedMediaType", "server-side apply is not there yet; use client-side apply", new()),
        _ => throw ApiFailure.Of(415, "UnsupportedMediaType", "415: Unsupported Media Type", new()),
    };

    private StoredObject Write(ServedResource resource, ObjectName name, bool isDry, Rewrite rewrite)
    {
        if (!isDry)
            return store.Write(resource.Type, name, current => rewrite(current) is { } next && !IsSame(current, next) ? next : null);
        var existing = store.Find(resource.Type, name);
        return StoredObject.Of(name, existing?.Version ?? 0, rewrite(existing)!);
    }

    private static bool IsSame(StoredObject? current, JsonObject next) => current is not null && JsonNode.DeepEquals(current.ToTree(), next);

    private void CheckHome(ServedResource resource, ObjectName name)
    {
        if (!resource.Type.IsNamespaced)
            return;
        var home = store.Find(ResourceType.Namespaces, new("", name.Namespace))
            ?? throw ApiFailure.NotFound(ServedResource.Of(ResourceType.Namespaces), name.Namespace);
        if (home.Field("status.phase") == "Terminating")
            throw ApiFailure.Forbidden(resource, name.Name, $"unable to create new content in namespace {name.Namespace} because it is being terminated");
    }

    private static void CheckNamespace(RequestTarget target, JsonObject tree)
    {
        if (target.Resource.Type.IsNamespaced && ObjectRules.MetadataText(tree, "namespace") is { Length: > 0 } written && written != target.Namespace)
            throw ApiFailure.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private static void Generate(JsonObject tree, out bool wasGenerated)
    {
        wasGenerated = tree["metadata"] is JsonObject metadata && ObjectRules.Name(tree).Length == 0
            && ObjectRules.TextOf(metadata["generateName"]) is { Length: > 0 };
        if (wasGenerated)
            tree["metadata"]!["name"] = ObjectRules.TextOf(tree["metadata"]!["generateName"]) + RandomNumberGenerator.GetString(SuffixLetters, 5);
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
