using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Admission;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>What the server itself writes into objects, and what it refuses in them.</summary>
internal sealed class ObjectRules(TimeProvider time)
{
    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    // The order of the API's own types.
    private static readonly string[] MetadataOrder =
    [
        "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    ];

    /// <summary>An object as it would be stored, and what there is to warn of.</summary>
    /// <exception cref="ApiFailure">It is not valid.</exception>
    public static (JsonObject Tree, IEnumerable<string> Warnings) Admit(ServedResource resource, JsonObject tree, ReadOnlyMemory<byte>? body, FieldValidation validation)
    {
        CheckType(resource.Type, tree);
        if (resource.Type == ResourceType.NetworkPolicies)
            return AdmitPolicy(tree, body, validation);
        var (meta, warnings) = KnownFields.Decode(resource.Type, tree, body, validation);
        var rule = KnownKinds.NameRuleOf(KnownKinds.RoleOf(resource.Type.Group, resource.Type.ApiVersion, resource.Type.Kind));
        if (MetaRules.Check(meta, rule, resource.Type.IsNamespaced).ToList() is { Count: > 0 } faults)
            throw ApiFailure.Invalid(resource.Type, meta.Name, faults);
        return (Plain(tree), warnings);
    }

    /// <summary>What is wrong with the fields of a part of an object, whatever the whole will be.</summary>
    /// <exception cref="ApiFailure">Some are unknown, or stand twice, and validation is strict.</exception>
    public static IEnumerable<string> CheckFields(ServedResource resource, RequestBody body, FieldValidation validation)
    {
        if (resource.Type != ResourceType.NetworkPolicies)
            return KnownFields.Decode(resource.Type, body.Tree, body.Bytes, validation).Warnings;
        var review = PolicyReview.Of(body.Bytes.Span, validation);
        return review is { IsAccepted: false, HttpStatus: 400 } ? throw ApiFailure.Of(review.HttpStatus, review.Reason, review.Message) : review.Warnings;
    }

    /// <summary>Makes up a name where only its beginning is given, and tells whether it did.</summary>
    public static bool Generate(JsonObject tree)
    {
        const int Letters = 5, Longest = 63;
        if (Name(tree).Length > 0 || MetadataText(tree, "generateName") is not { Length: > 0 } start)
            return false;
        tree["metadata"]!["name"] = start[..Math.Min(start.Length, Longest - Letters)] + RandomNumberGenerator.GetString(SuffixLetters, Letters);
        return true;
    }

    /// <summary>Fills in what a new object gets.</summary>
    public JsonObject Born(ServedResource resource, ObjectName name, JsonObject tree)
    {
        var metadata = MetadataOf(tree);
        metadata["name"] = name.Name;
        if (resource.Type.IsNamespaced)
            metadata["namespace"] = name.Namespace;
        metadata["uid"] = Guid.NewGuid().ToString();
        // Its place among the fields; the store writes the value.
        metadata["resourceVersion"] = "";
        metadata["creationTimestamp"] = Now();
        metadata.Remove("deletionTimestamp");
        if (resource.HasGeneration)
            metadata["generation"] = 1;
        if (resource.Type == ResourceType.Namespaces)
            BornNamespace(name.Name, metadata, tree);
        return Ordered(tree);
    }

    /// <summary>The object that takes another's place: what the server wrote stays, and changes of what is wanted are counted.</summary>
    /// <exception cref="ApiFailure">It belongs to another version or another object.</exception>
    public static JsonObject Succeeding(ServedResource resource, StoredObject current, JsonObject tree, string? part)
    {
        var (old, metadata) = (current.ToTree(), MetadataOf(tree));
        var before = MetadataOf(old);
        if (TextOf(metadata["resourceVersion"]) is { Length: > 0 } version && version != TextOf(before["resourceVersion"]))
            throw ApiFailure.Conflict(resource, current.Name.Name, "the object has been modified; please apply your changes to the latest version and try again");
        if (TextOf(metadata["uid"]) is { Length: > 0 } uid && uid != TextOf(before["uid"]))
            throw ApiFailure.Conflict(resource, current.Name.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {TextOf(before["uid"])}");
        // Only /finalize takes the finalizers of a namespace's spec away.
        if (part is "status" or "finalize")
        {
            var field = part == "status" ? "status" : "spec";
            old[field] = tree[field]?.DeepClone();
            return Ordered(old);
        }

        if (resource.Type == ResourceType.Namespaces)
            tree["spec"] = old["spec"]?.DeepClone();
        foreach (var field in new[] { "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds" })
        {
            metadata.Remove(field);
            if (before[field] is { } kept)
                metadata[field] = kept.DeepClone();
        }

        if (resource.HasStatus)
        {
            tree.Remove("status");
            if (old["status"] is { } status)
                tree["status"] = status.DeepClone();
        }

        if (resource.Type == ResourceType.Namespaces)
            LabelsOf(metadata)[Policy.NamespaceBlock.NameLabel] = current.Name.Name;
        if (resource.HasGeneration && !JsonNode.DeepEquals(old["spec"], tree["spec"]))
            metadata["generation"] = (long?)before["generation"] + 1 ?? 1;
        return Ordered(tree);
    }

    /// <summary>An object of the server's own making in the place of another: it keeps who it is.</summary>
    public static JsonObject Renewed(StoredObject current, JsonObject tree)
    {
        var (before, metadata) = (MetadataOf(current.ToTree()), MetadataOf(tree));
        foreach (var field in new[] { "uid", "resourceVersion", "generation", "creationTimestamp" })
            if (before[field] is { } kept)
                metadata[field] = kept.DeepClone();
        return tree;
    }

    public string Now() => TimeText(time.GetUtcNow());

    /// <summary>A moment as the API writes it.</summary>
    public static string TimeText(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static JsonObject MetadataOf(JsonObject tree)
    {
        if (tree["metadata"] is not JsonObject metadata)
            tree["metadata"] = metadata = [];
        return metadata;
    }

    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A text of the metadata; null where there is none, whatever stands in its place.</summary>
    public static string? MetadataText(JsonObject tree, string field) => TextOf((tree["metadata"] as JsonObject)?[field]);

    public static string Name(JsonObject tree) => MetadataText(tree, "name") ?? "";

    private static byte[] Bytes(JsonNode tree) => TreeJson.Bytes(tree);

    private static (JsonObject, IEnumerable<string>) AdmitPolicy(JsonObject tree, ReadOnlyMemory<byte>? body, FieldValidation validation)
    {
        var review = PolicyReview.Of(body is { } written ? written.Span : Bytes(tree), validation);
        if (!review.IsAccepted)
            throw ApiFailure.Of(review.HttpStatus, review.Reason, review.Message, review.HttpStatus != 422 ? null : new()
            {
                Name = Name(tree) is { Length: > 0 } name ? name : null,
                Group = PolicyObject.Group,
                Kind = PolicyObject.Kind,
                Causes = [.. review.Causes.Select(c => new StatusCause { Reason = c.Type.Name(), Message = c.Message, Field = c.Field.ToString() })],
            });
        using MemoryStream spec = new();
        using (Utf8JsonWriter json = new(spec))
            PolicyJson.Write(json, review.Policy!.Spec);
        JsonObject admitted = new() { ["metadata"] = MetadataOf(tree).DeepClone(), ["spec"] = JsonNode.Parse(spec.ToArray()) };
        return (admitted, review.Warnings);
    }

    private static void CheckType(ResourceType type, JsonObject tree)
    {
        var (kind, version) = (TextOf(tree["kind"]), TextOf(tree["apiVersion"]));
        if (kind is { Length: > 0 } && kind != type.Kind)
            throw ApiFailure.BadRequest($"{kind} in version {GoText.Quote(version ?? "")} cannot be handled as a {type.Kind}: the kinds differ");
        if (version is { Length: > 0 } && version != type.ApiVersion && type != ResourceType.NetworkPolicies)
            throw ApiFailure.BadRequest($"the API version in the data ({version}) does not match the expected API version ({type.ApiVersion})");
        if (tree["metadata"] is not null and not JsonObject)
            throw ApiFailure.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: json: cannot unmarshal {"metadata"} into Go struct field .metadata of type v1.ObjectMeta");
    }

    private static void BornNamespace(string name, JsonObject metadata, JsonObject tree)
    {
        LabelsOf(metadata)[Policy.NamespaceBlock.NameLabel] = name;
        tree["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        tree["status"] = new JsonObject { ["phase"] = "Active" };
    }

    public static JsonObject LabelsOf(JsonObject metadata)
    {
        if (metadata["labels"] is not JsonObject labels)
            metadata["labels"] = labels = [];
        return labels;
    }

    private static JsonObject Plain(JsonObject tree)
    {
        var plain = (JsonObject)tree.DeepClone();
        plain.Remove("kind");
        plain.Remove("apiVersion");
        return plain;
    }

    /// <summary>The fields in the order of the API's own types, empty ones left out.</summary>
    public static JsonObject Ordered(JsonObject tree)
    {
        var metadata = MetadataOf(tree);
        tree.Remove("metadata");
        JsonObject ordered = [];
        foreach (var field in MetadataOrder)
            if (metadata[field] is { } value and not (JsonObject { Count: 0 } or JsonArray { Count: 0 }))
                ordered[field] = value.DeepClone();
        foreach (var (field, value) in metadata)
            if (value is not null && !MetadataOrder.Contains(field))
                ordered[field] = value.DeepClone();
        JsonObject whole = new() { ["metadata"] = ordered };
        foreach (var (field, value) in tree)
            if (value is not null)
                whole[field] = value.DeepClone();
        return whole;
    }
}
