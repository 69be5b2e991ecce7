using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Types;
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
    public sealed record Items(FieldShape Item, IReadOnlyList<string> Keys) : FieldShape;

    /// <summary>Free names with values.</summary>
    public sealed record Entries : FieldShape;

    /// <summary>Fields of a type; what it does not know is owned by its fields where it is an object, and else whole.</summary>
    public sealed record Fields(ApiType? Type) : FieldShape;

    private static readonly Atomic Whole = new();

    public static FieldShape Of(ResourceType type) => new Fields(ApiTypes.Find(type));

    /// <summary>The shape of a field of an object of this shape.</summary>
    public FieldShape Field(string name, JsonNode? value) => this is not Fields fields ? Whole
        : fields.Type?.Field(name) is { } known ? Of(known)
        : value is JsonObject ? new Fields(null) : Whole;

    /// <summary>The step to an item of a list.</summary>
    public string StepTo(JsonNode? item) => this switch
    {
        Items items => $"k:{KeysOf(items, item as JsonObject ?? [])}",
        _ => $"v:{Text(item)}",
    };

    private static FieldShape Of(ApiField field) => field switch
    {
        { IsWhole: true } => Whole,
        { IsSet: true } => new Values(),
        { Keys.Count: > 0 } => new Items(Of(field.Type.Inner!), field.Keys),
        { Type.Form: FieldForm.Map } => new Entries(),
        _ => Of(field.Type),
    };

    private static FieldShape Of(FieldType type) => type is { Form: FieldForm.Struct, Struct: { IsWhole: false, Fields.Count: > 0 } fields } ? new Fields(fields) : Whole;

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
