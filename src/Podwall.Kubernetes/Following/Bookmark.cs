using System.Text.Json;

namespace Podwall.Kubernetes.Following;

/// <summary>A server's promise that everything up to a version was sent (KEP-956).</summary>
internal readonly record struct Bookmark(string ResourceVersion, bool EndsInitialEvents)
{
    public static Bookmark Parse(ReadOnlySpan<byte> json)
    {
        Bookmark bookmark = new("", false);
        var reader = new Utf8JsonReader(json);
        reader.BeginObject();
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("metadata"u8))
                bookmark = reader.BeginObject() ? Metadata(ref reader) : bookmark;
            else
                reader.SkipValue();
        }

        return bookmark.ResourceVersion.Length > 0 ? bookmark : throw new JsonException("a bookmark without resourceVersion");
    }

    private static Bookmark Metadata(ref Utf8JsonReader reader)
    {
        var (version, ends) = ("", false);
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("resourceVersion"u8))
                version = reader.Text() ?? "";
            else if (reader.ValueTextEquals("annotations"u8))
                ends = reader.BeginObject() && EndsInitial(ref reader);
            else
                reader.SkipValue();
        }

        return new(version, ends);
    }

    private static bool EndsInitial(ref Utf8JsonReader reader)
    {
        var ends = false;
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("k8s.io/initial-events-end"u8))
                ends = reader.Text() == "true";
            else
                reader.SkipValue();
        }

        return ends;
    }
}
