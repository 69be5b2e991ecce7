using System.Security.Cryptography;
using System.Text.Json;

namespace Podwall.Kubernetes.Following;

/// <summary>Steps through one complete JSON value, field by field. Null is absent, as everywhere in the API.</summary>
internal static class JsonWalk
{
    /// <summary>Enters the object that comes next; false where null stands in its place.</summary>
    public static bool BeginObject(this ref Utf8JsonReader reader) => reader.Begin(JsonTokenType.StartObject);

    /// <summary>Enters the array that comes next; false where null stands in its place.</summary>
    public static bool BeginArray(this ref Utf8JsonReader reader) => reader.Begin(JsonTokenType.StartArray);

    private static bool Begin(this ref Utf8JsonReader reader, JsonTokenType type)
    {
        reader.Read();
        return reader.TokenType == type || (reader.TokenType == JsonTokenType.Null ? false : throw new JsonException($"{reader.TokenType} in place of {type}"));
    }

    /// <summary>To the name of the next field; false at the end of the object.</summary>
    public static bool NextField(this ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Into the next object of an array; false at the array's end.</summary>
    public static bool NextObject(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject
            || (reader.TokenType == JsonTokenType.EndArray ? false : throw new JsonException($"{reader.TokenType} in place of an object"));
    }

    public static void SkipValue(this ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    public static string? Text(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    /// <summary>A unique id; one of a form that no API server gives is told from others by its hash.</summary>
    public static Guid Uid(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType != JsonTokenType.String ? default : reader.TryGetGuid(out var uid) ? uid : new(SHA256.HashData(reader.ValueSpan).AsSpan(0, 16));
    }

    public static bool IsTrue(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.True;
    }

    /// <summary>The bytes of the value that comes next.</summary>
    public static ReadOnlySpan<byte> Slice(this scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }
}
