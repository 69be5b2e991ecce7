using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>A snapshot's objects as manifests, to compare what a live cluster says with what files say.</summary>
public static class ManifestFiles
{
    /// <summary>One <c>List</c> of all objects.</summary>
    public static void WriteList(Snapshot snapshot, Stream output) => WriteList(WireObjects.Of(snapshot), output);

    /// <summary>One <c>List</c> a namespace, and one for what is in none: what a cluster needs that is too large for one file.</summary>
    public static void WriteDirectory(Snapshot snapshot, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var together in WireObjects.Of(snapshot).GroupBy(o => o.Namespace))
        {
            using var file = File.Create(Path.Combine(directory, $"{together.Key ?? "_cluster"}.json"));
            WriteList(together, file);
        }
    }

    private static void WriteList(IEnumerable<WireObject> objects, Stream output)
    {
        using var json = new Utf8JsonWriter(output, WireObject.JsonOptions);
        json.WriteStartObject();
        json.WriteString("kind"u8, "List"u8);
        json.WriteString("apiVersion"u8, "v1"u8);
        json.WriteStartArray("items"u8);
        foreach (var item in objects)
        {
            json.WriteRawValue(Item(item), skipInputValidation: true);
            if (json.BytesPending > 64 * 1024)
                json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static byte[] Item(WireObject item) =>
        [.. System.Text.Encoding.UTF8.GetBytes($$"""{"kind":"{{item.Type.Kind}}","apiVersion":"{{item.Type.ApiVersion}}","""), .. item.Json.Span[1..]];
}
