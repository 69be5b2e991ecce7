using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Types;

/// <summary>A type of the API: a kind of object, or what a field holds.</summary>
/// <param name="ApiVersion">Null where it is no kind of object.</param>
/// <param name="Words">What <c>kubectl explain</c> says of it.</param>
internal sealed record ApiType(string Name, string? ApiVersion, string Words)
{
    private readonly Dictionary<string, ApiField> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Number, int Inner), ApiField> byNumber = [];

    /// <summary>Owned and replaced as a whole (<c>x-kubernetes-map-type: atomic</c>).</summary>
    public bool IsWhole { get; init; }

    /// <summary>In their order.</summary>
    public IReadOnlyCollection<ApiField> Fields => byName.Values;

    public string[] Names => field ??= [.. byName.Keys];

    public ApiField? Field(string name) => byName.GetValueOrDefault(name);

    /// <summary>By its number in protobuf, and the one in the message of that number where it lies there.</summary>
    public ApiField? Field(int number, int inner = 0) => byNumber.GetValueOrDefault((number, inner));

    /// <summary>The number in protobuf is that of a message whose fields are fields of this type.</summary>
    public bool IsInlined(int number) => byNumber.Keys.Any(k => k.Number == number && k.Inner > 0);

    /// <summary>An object of the type that says nothing, as Go writes it: with the structs and numbers that it always has.</summary>
    public JsonObject Empty() => new(Fields.Where(f => f.IsAlways || f is { IsRequired: true, Type.Form: FieldForm.Int32 or FieldForm.Text }).Select(f => KeyValuePair.Create(f.Name, f.Type.Form switch
    {
        FieldForm.Struct => f.Type.Struct!.Empty(),
        FieldForm.Text => "",
        _ => (JsonNode?)0,
    })));

    internal void Add(ApiField field)
    {
        byName.Add(field.Name, field);
        if (field.Number > 0)
            byNumber.Add((field.Number, field.InnerNumber), field);
    }
}

/// <summary>A field of a type.</summary>
internal sealed record ApiField(string Name, FieldType Type, string Words)
{
    public bool IsRequired { get; init; }

    /// <summary>Zero of it says something: it is a pointer in Go.</summary>
    public bool IsPointer { get; init; }

    /// <summary>Every object has it, if empty: it is a struct and no pointer in Go.</summary>
    public bool IsAlways { get; init; }

    /// <summary>What may stand in it; empty for anything of its type.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>What tells the items of a list apart; empty where nothing does.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>A list of plain values that are owned one by one.</summary>
    public bool IsSet { get; init; }

    /// <summary>Strategic merge goes item by item, and does not replace the list.</summary>
    public bool IsMerged { get; init; }

    /// <summary>Strategic merge replaces it, though it is a struct.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>A patch of it names the fields that stay.</summary>
    public bool RetainsKeys { get; init; }

    /// <summary>A map that is owned as a whole.</summary>
    public bool IsWhole { get; init; }

    /// <summary>In protobuf; 0 where it is not taken in that form.</summary>
    public int Number { get; init; }

    /// <summary>In protobuf: the number inside the message that <see cref="Number"/> holds; 0 where it holds the field itself.</summary>
    public int InnerNumber { get; init; }
}

internal enum FieldForm
{
    Text,
    Boolean,
    Int32,
    Int64,
    Time,
    Bytes,
    Quantity,
    IntOrString,
    Any,
    Struct,
    List,
    Map,
}

/// <summary>What a field holds: a plain value, a struct of a type, or a list or map of what <paramref name="Inner"/> says.</summary>
internal sealed record FieldType(FieldForm Form, ApiType? Struct = null, FieldType? Inner = null)
{
    /// <summary>The struct that it is, or that each of its items is.</summary>
    public ApiType? Innermost => Inner is { } inner ? inner.Innermost : Struct;

    /// <summary>As Go names it.</summary>
    public string GoName(string version) => Form switch
    {
        FieldForm.Text => "string",
        FieldForm.Boolean => "bool",
        FieldForm.Int32 => "int32",
        FieldForm.Int64 => "int64",
        FieldForm.Time => "v1.Time",
        FieldForm.Bytes => "[]uint8",
        FieldForm.Quantity => "resource.Quantity",
        FieldForm.IntOrString => "intstr.IntOrString",
        FieldForm.List => $"[]{Inner!.GoName(version)}",
        FieldForm.Map => $"map[string]{Inner!.GoName(version)}",
        FieldForm.Struct => $"{version}.{Struct!.Name}",
        _ => "interface {}",
    };
}
