using System.Text.Json;

namespace Podwall.Kubernetes.Following;

internal enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}

/// <summary>One event of a watch; the object is not read yet.</summary>
internal readonly ref struct WatchEvent
{
    private WatchEvent(WatchEventType type, ReadOnlySpan<byte> obj)
    {
        Type = type;
        Object = obj;
    }

    public WatchEventType Type { get; }

    public ReadOnlySpan<byte> Object { get; }

    /// <exception cref="JsonException">This is no event.</exception>
    public static WatchEvent Parse(ReadOnlySpan<byte> json)
    {
        WatchEventType? type = null;
        ReadOnlySpan<byte> obj = default;
        var reader = new Utf8JsonReader(json);
        reader.BeginObject();
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("type"u8))
                type = TypeOf(reader.Text());
            else if (reader.ValueTextEquals("object"u8))
                obj = reader.Slice(json);
            else
                reader.SkipValue();
        }

        return type is { } known && !obj.IsEmpty ? new(known, obj) : throw new JsonException("an event without type or object");
    }

    private static WatchEventType TypeOf(string? text) => text switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        "ERROR" => WatchEventType.Error,
        _ => throw new JsonException($"an event of the unknown type '{text}'"),
    };
}
