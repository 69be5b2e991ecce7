namespace Podwall.Lab.Api.Protobuf;

/// <summary>A message of the API's protobuf form: its fields by number, with their names in JSON.</summary>
internal sealed class ProtoMessage(params (int Number, string Name, ProtoType Type)[] fields)
{
    private readonly Dictionary<int, (string Name, ProtoType Type)> byNumber = fields.ToDictionary(f => f.Number, f => (f.Name, f.Type));

    /// <summary>Null where the number is none that is understood.</summary>
    public (string Name, ProtoType Type)? Field(int number) => byNumber.TryGetValue(number, out var field) ? field : null;
}

/// <summary>What a field holds; a field that comes more than once is a list if it <see cref="IsList"/>.</summary>
internal abstract record ProtoType
{
    public bool IsList { get; init; }

    public static ProtoType Text { get; } = new Plain(ProtoPlain.Text);

    public static ProtoType Texts { get; } = new Plain(ProtoPlain.Text) { IsList = true };

    public static ProtoType Number { get; } = new Plain(ProtoPlain.Number);

    /// <summary>A number of which zero says something: a pointer in Go.</summary>
    public static ProtoType Count { get; } = new Plain(ProtoPlain.Count);

    public static ProtoType Flag { get; } = new Plain(ProtoPlain.Boolean);

    /// <summary>Names and values, each pair a message of a key (1) and a value (2).</summary>
    public static ProtoType Map { get; } = new Plain(ProtoPlain.Map);

    /// <summary>What the server decides, so that what a client writes there counts for nothing.</summary>
    public static ProtoType Ignored { get; } = new Plain(ProtoPlain.Ignored);

    public static ProtoType One(ProtoMessage message) => new Nested(message);

    public static ProtoType Many(ProtoMessage message) => new Nested(message) { IsList = true };

    internal sealed record Plain(ProtoPlain Kind) : ProtoType;

    internal sealed record Nested(ProtoMessage Message) : ProtoType;
}

internal enum ProtoPlain
{
    Text,
    Number,
    Count,
    Boolean,
    Map,
    Ignored,
}
