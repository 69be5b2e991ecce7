using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

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

        var message = ProtoObjects.Of(apiVersion, kind) ?? throw Refused($"{kind} is not taken in protobuf here");
        var tree = Read(raw, message, kind);
        tree["apiVersion"] = apiVersion;
        tree["kind"] = kind;
        return tree;
    }

    private static JsonObject Read(ReadOnlyMemory<byte> bytes, ProtoMessage message, string where)
    {
        JsonObject tree = [];
        while (bytes.Length > 0)
        {
            var (number, wire, value, content) = Next(ref bytes);
            if (message.Field(number) is not { } field)
            {
                // Types that are no pointers in Go are written though they say nothing.
                if (value == 0 && content.Length == 0)
                    continue;
                throw Refused($"field {number} of {where} is not taken in protobuf here");
            }

            var inside = $"{where}.{field.Name}";
            if (field.Type is ProtoType.Plain { Kind: ProtoPlain.Ignored })
                continue;
            if (field.Type is ProtoType.Plain { Kind: ProtoPlain.Number or ProtoPlain.Count or ProtoPlain.Boolean } != (wire == Wire.Varint))
                throw Broken($"{inside} is of another type");
            if (field.Type is ProtoType.Plain { Kind: ProtoPlain.Map })
                AddEntry(tree, field.Name, content, inside);
            else if (field.Type.IsList)
                List(tree, field.Name).Add(Value(field.Type, value, content, inside));
            else if (Value(field.Type, value, content, inside) is { } single)
                tree[field.Name] = single;
        }

        return tree;
    }

    private static JsonNode? Value(ProtoType type, ulong value, ReadOnlyMemory<byte> content, string where) => type switch
    {
        ProtoType.Nested { Message: var message } => Read(content, message, where),
        ProtoType.Plain { Kind: ProtoPlain.Number } => value != 0 ? JsonValue.Create((long)value) : null,
        ProtoType.Plain { Kind: ProtoPlain.Count } => JsonValue.Create((long)value),
        ProtoType.Plain { Kind: ProtoPlain.Boolean } => value != 0 ? JsonValue.Create(true) : null,
        _ => content.Length > 0 || type.IsList ? JsonValue.Create(Text(content)) : null,
    };

    private static void AddEntry(JsonObject tree, string field, ReadOnlyMemory<byte> entry, string where)
    {
        string key = "", text = "";
        while (entry.Length > 0)
        {
            var (number, wire, _, content) = Next(ref entry);
            if (wire != Wire.Bytes)
                throw Broken($"{where} is of another type");
            if (number == 1)
                key = Text(content);
            else if (number == 2)
                text = Text(content);
        }

        if (tree[field] is not JsonObject map)
            tree[field] = map = [];
        map[key] = text;
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
