using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Podwall.Lab.Api.Types;

namespace Podwall.Lab.Api.Protobuf;

/// <summary>
/// Reads an object from the API's protobuf form: the letters <c>k8s</c> and a zero, then a <c>runtime.Unknown</c> message with
/// the kind and the bytes of the object itself. Nothing that says something is skipped: what is not understood is refused.
/// </summary>
internal static class ProtoReader
{
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <exception cref="ApiFailure">It is no such object, or one that is taken in JSON only.</exception>
    public static JsonObject Read(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith(Magic))
            throw Broken("it does not begin as the API's protobuf does");
        string apiVersion = "", kind = "";
        ReadOnlyMemory<byte> raw = default;
        for (var rest = body[Magic.Length..]; rest.Length > 0;)
        {
            var (number, _, _, bytes) = Next(ref rest);
            if (number == 1)
                for (var meta = bytes; meta.Length > 0;)
                {
                    var (field, _, _, text) = Next(ref meta);
                    if (field == 1)
                        apiVersion = Text(text);
                    else if (field == 2)
                        kind = Text(text);
                }
            else if (number == 2)
                raw = bytes;
        }

        var type = ApiTypes.Find(apiVersion, kind) ?? throw Refused($"{kind} is not taken in protobuf here");
        var tree = Read(raw, type, kind);
        tree["apiVersion"] = apiVersion;
        tree["kind"] = kind;
        return tree;
    }

    private static JsonObject Read(ReadOnlyMemory<byte> bytes, ApiType type, string where)
    {
        JsonObject tree = [];
        while (bytes.Length > 0)
        {
            var part = Next(ref bytes);
            if (!type.IsInlined(part.Field))
                Add(tree, type.Field(part.Field), part, where);
            else
                for (var rest = part.Content; rest.Length > 0;)
                {
                    var inner = Next(ref rest);
                    Add(tree, type.Field(part.Field, inner.Field), inner, where);
                }
        }

        return tree;
    }

    // What the server decides, so that what a client writes there counts for nothing.
    private static bool IsServers(ApiField field, string where) =>
        (field.Name == "status" && !where.Contains('.', StringComparison.Ordinal)) || (where.EndsWith(".metadata", StringComparison.Ordinal) && field.Name is "selfLink" or "uid" or "generation" or "managedFields") || field.Type.Form == FieldForm.Time;

    private static void Add(JsonObject tree, ApiField? field, Part part, string owner)
    {
        if (field is null)
        {
            // Types that are no pointers in Go are written though they say nothing.
            if (part.Value == 0 && part.Content.Length == 0)
                return;
            throw Refused($"field {part.Field} of {owner} is not taken in protobuf here");
        }

        if (IsServers(field, owner))
            return;
        var (type, where) = (field.Type, $"{owner}.{field.Name}");
        var single = type.Form == FieldForm.List ? type.Inner! : type;
        if ((single.Form is FieldForm.Int32 or FieldForm.Int64 or FieldForm.Boolean) != (part.Wire == Wire.Varint))
            throw Broken($"{where} is of another type");
        if (type.Form == FieldForm.Map)
            AddEntry(tree, field, part.Content, where);
        else if (type.Form == FieldForm.List)
            List(tree, field.Name).Add(Value(single, part, where, isShown: true));
        else if (Value(type, part, where, field.IsPointer) is { } value)
            tree[field.Name] = value;
    }

    private static JsonNode? Value(FieldType type, Part part, string where, bool isShown) => type.Form switch
    {
        FieldForm.Struct => Read(part.Content, type.Struct!, where),
        FieldForm.Int32 or FieldForm.Int64 => part.Value != 0 || isShown ? JsonValue.Create((long)part.Value) : null,
        FieldForm.Boolean => part.Value != 0 || isShown ? JsonValue.Create(part.Value != 0) : null,
        FieldForm.Bytes => JsonValue.Create(Convert.ToBase64String(part.Content.Span)),
        FieldForm.Quantity => Inner(part.Content, 1) is { } amount ? JsonValue.Create(Text(amount.Content)) : null,
        FieldForm.IntOrString => Inner(part.Content, 1)?.Value is > 0 ? JsonValue.Create(Text(Inner(part.Content, 3)?.Content ?? default)) : JsonValue.Create((long)(Inner(part.Content, 2)?.Value ?? 0)),
        FieldForm.Text => part.Content.Length > 0 || isShown ? JsonValue.Create(Text(part.Content)) : null,
        _ => throw Refused($"{where} is not taken in protobuf here"),
    };

    private static Part? Inner(ReadOnlyMemory<byte> message, int number)
    {
        while (message.Length > 0)
            if (Next(ref message) is var part && part.Field == number)
                return part;
        return null;
    }

    private static void AddEntry(JsonObject tree, ApiField field, ReadOnlyMemory<byte> entry, string where)
    {
        var (key, value) = (Inner(entry, 1) ?? default, Inner(entry, 2) ?? default);
        if (key.Wire == Wire.Varint && key.Field > 0 || value.Wire == Wire.Varint && value.Field > 0)
            throw Broken($"{where} is of another type");
        if (tree[field.Name] is not JsonObject map)
            tree[field.Name] = map = [];
        map[Text(key.Content)] = Value(field.Type.Inner!, value, where, isShown: true);
    }

    private static JsonArray List(JsonObject tree, string field)
    {
        if (tree[field] is not JsonArray list)
            tree[field] = list = [];
        return list;
    }

    private static Part Next(ref ReadOnlyMemory<byte> bytes)
    {
        var tag = Varint(ref bytes);
        var (number, wire) = ((int)(tag >> 3), (Wire)(tag & 7));
        switch (wire)
        {
            case Wire.Varint:
                return new(number, wire, Varint(ref bytes), default);
            case Wire.Bytes:
                return new(number, wire, 0, Take(ref bytes, Varint(ref bytes)));
            case Wire.Eight:
                return new(number, wire, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default);
            case Wire.Four:
                return new(number, wire, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default);
            default:
                throw Broken($"there is no wire type {(int)wire}");
        }
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw Broken("a number does not end");
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length)
            throw Broken("it ends too early");
        var taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static ApiFailure Broken(string why) => ApiFailure.BadRequest($"the protobuf of the body cannot be read: {why}");

    private static ApiFailure Refused(string what) =>
        ApiFailure.Of(415, "UnsupportedMediaType", $"{what}; write the object to a file (kubectl ... --dry-run=client -o yaml > FILE) and use 'kubectl create -f FILE'", new());

    private readonly record struct Part(int Field, Wire Wire, ulong Value, ReadOnlyMemory<byte> Content);

    private enum Wire
    {
        Varint = 0,
        Eight = 1,
        Bytes = 2,
        Four = 5,
    }
}
