using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Patching;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api.Ownership;

/// <summary>
/// How a field is owned (<c>x-kubernetes-list-type</c> and <c>-map-type</c> of the API's types): as a whole, by its fields, by
/// its entries, or by the items of its list.
/// </summary>
internal abstract record FieldShape
{
    /// <summary>Owned and replaced as a whole.</summary>
    public sealed record Atomic : FieldShape;

    /// <summary>A list of plain values that are owned one by one.</summary>
    public sealed record Values : FieldShape;

    /// <summary>A list whose items are told apart by keys.</summary>
    public sealed record Items(FieldShape Item, params string[] Keys) : FieldShape;

    /// <summary>Free names with values.</summary>
    public sealed record Entries : FieldShape;

    /// <summary>Fields with shapes; of a field that is not named, an object has fields again and a list is owned whole.</summary>
    public sealed record Fields(Dictionary<string, FieldShape> Named, MergeShape? Lists = null) : FieldShape;

    private static readonly Atomic Whole = new();

    private static readonly Fields Metadata = Of(("labels", new Entries()), ("annotations", new Entries()), ("finalizers", new Values()), ("ownerReferences", new Items(Of(), "uid")));

    private static readonly Items Conditions = new(Of(), "type");

    /// <summary>The kinds whose ownership is exact.</summary>
    public static bool IsExact(ResourceType type) => type == ResourceType.NetworkPolicies || type == ResourceType.Namespaces || type == ResourceType.Services;

    public static FieldShape Of(ResourceType type) => (type.Group, type.Kind) switch
    {
        ("networking.k8s.io", "NetworkPolicy") => Of(("metadata", Metadata), ("spec", Of(("podSelector", Whole), ("ingress", Whole), ("egress", Whole), ("policyTypes", Whole)))),
        ("", "Namespace") => Of(("metadata", Metadata), ("spec", Of(("finalizers", Whole))), ("status", Of(("conditions", Conditions)))),
        ("", "Service") => Of(("metadata", Metadata), ("spec", Of(("ports", new Items(Of(), "port", "protocol")), ("selector", Whole))), ("status", Of(("conditions", Conditions)))),
        ("", "ConfigMap") => Of(("metadata", Metadata), ("data", new Entries()), ("binaryData", new Entries())),
        ("", "Secret") => Of(("metadata", Metadata), ("data", new Entries()), ("stringData", new Entries())),
        // What strategic merge knows of the lists of other kinds is the best there is.
        _ => new Fields(new(StringComparer.Ordinal) { ["metadata"] = Metadata }, MergeShape.Of(type)),
    };

    /// <summary>The shape of a field of an object of this shape.</summary>
    public FieldShape Field(string name, JsonNode? value)
    {
        if (this is not Fields fields)
            return Whole;
        if (fields.Named.TryGetValue(name, out var named))
            return named;
        if (value is JsonObject)
            return IsFree(name) ? Whole : new Fields([], fields.Lists?.Below(name));
        if (value is not JsonArray || fields.Lists?.KeyOf(name) is not { } key)
            return Whole;
        return key.Length == 0 ? new Values() : new Items(new Fields([], fields.Lists.Below(name)), name == "ports" && key == "containerPort" ? ["containerPort", "protocol"] : [key]);
    }

    /// <summary>The step to an item of a list.</summary>
    public string StepTo(JsonNode? item) => this switch
    {
        Items items => $"k:{KeysOf(items, item as JsonObject ?? [])}",
        _ => $"v:{Text(item)}",
    };

    private static Fields Of(params (string Name, FieldShape Shape)[] fields) => new(fields.ToDictionary(f => f.Name, f => f.Shape, StringComparer.Ordinal));

    private static bool IsFree(string name) => name is "matchLabels" or "nodeSelector" or "selector" or "limits" or "requests";

    // A protocol that is left out is TCP.
    private static string KeysOf(Items items, JsonObject item)
    {
        JsonObject keys = [];
        foreach (var key in items.Keys.Order(StringComparer.Ordinal))
            keys[key] = item[key]?.DeepClone() ?? (key == "protocol" ? "TCP" : null);
        return Text(keys);
    }

    private static string Text(JsonNode? node) => Encoding.UTF8.GetString(TreeJson.Bytes(node));
}
