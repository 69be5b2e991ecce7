using System.Buffers;
using System.Text;
using System.Text.Json;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api;

/// <summary>
/// One watch's events as it asked for them. With a selector an object that begins to match is added and one that ends to
/// match is deleted, as the client last saw it.
/// </summary>
internal sealed class WatchEvents(RequestTarget target, ListOptions options, Representation shape, TableWriter table)
{
    private Headings headings = Headings.Shown;

    public void Write(StoreEvent change, IBufferWriter<byte> body)
    {
        var (was, @is) = (change.Before is { } before && options.Selects(before), change.After is { } after && options.Selects(after));
        if (@is)
            body.Write(Change(was ? "MODIFIED" : "ADDED", change.After!.Json));
        else if (was)
            body.Write(Change("DELETED", ObjectWriter.At(change.Before!, change.Version)));
    }

    public byte[] Change(string type, ReadOnlyMemory<byte> json) => Event(type, shape.Shape switch
    {
        Shape.Whole => ObjectWriter.Whole(target.Resource.Type, json.Span),
        Shape.Metadata => ObjectWriter.Metadata(json.Span),
        _ => Row(json),
    });

    public byte[] Bookmark(ulong version, bool endsInitial)
    {
        var annotations = endsInitial ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        var spec = target.Resource.Type == ResourceType.NetworkPolicies && shape.Shape == Shape.Whole ? ",\"spec\":{\"podSelector\":{}}" : "";
        var (kind, apiVersion) = shape.Shape == Shape.Whole ? (target.Resource.Type.Kind, target.Resource.Type.ApiVersion)
            : (shape.Shape == Shape.Table ? "Table" : "PartialObjectMetadata", "meta.k8s.io/v1");
        return Event("BOOKMARK", Encoding.UTF8.GetBytes(
            $"{{\"kind\":\"{kind}\",\"apiVersion\":\"{apiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\",\"creationTimestamp\":null{annotations}}}{spec}}}"));
    }

    public static byte[] Error(ApiStatus status) => Event("ERROR", JsonSerializer.SerializeToUtf8Bytes(status, ApiStatus.JsonType));

    private static byte[] Event(string type, byte[] obj) => [.. Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"), .. obj, .. "}\n"u8];

    private byte[] Row(ReadOnlyMemory<byte> json)
    {
        using var read = JsonDocument.Parse(json);
        var row = table.Write([json], read.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!, null, null, headings);
        headings = Headings.Omitted;
        return row;
    }
}
