using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Kubernetes.Following;

/// <summary>What is used of an object's metadata.</summary>
internal readonly record struct Metadata(ObjectKey Key, string ResourceVersion, Labels Labels, bool IsTerminating, WorkloadId? Owner, Guid Uid);

/// <summary>Reads <c>metadata</c>, sharing what repeats from object to object.</summary>
internal sealed class MetadataDecoder(Strings strings)
{
    private const int Capacity = 4 * 1024;

    private readonly RecentByText<byte[], byte, Labels> labelSets = new(Capacity, ByteTextComparer.Instance);
    private readonly Recent<WorkloadId> workloads = new(Capacity);

    /// <summary>Reads a whole object of which only the metadata matter.</summary>
    public Metadata OfObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        Metadata metadata = default;
        if (reader.BeginObject())
            while (reader.NextField())
            {
                if (reader.ValueTextEquals("metadata"u8))
                    metadata = Read(ref reader, json);
                else
                    reader.SkipValue();
            }

        return metadata.Key.Name is { Length: > 0 } ? metadata : throw new JsonException("the object has no name");
    }

    /// <summary>Reads the value that comes next; <paramref name="json"/> is what the reader reads.</summary>
    public Metadata Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        string ns = "", name = "", version = "";
        var labels = Labels.None;
        var isTerminating = false;
        (string Kind, string Name)? owner = null;
        Guid uid = default;
        if (!reader.BeginObject())
            return default;
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("name"u8))
                name = reader.Text() ?? "";
            else if (reader.ValueTextEquals("namespace"u8))
                ns = strings.Next(ref reader);
            else if (reader.ValueTextEquals("resourceVersion"u8))
                version = reader.Text() ?? "";
            else if (reader.ValueTextEquals("uid"u8))
                uid = reader.Uid();
            else if (reader.ValueTextEquals("labels"u8))
                labels = LabelsOf(reader.Slice(json));
            else if (reader.ValueTextEquals("deletionTimestamp"u8))
                isTerminating = reader.Text() is not null;
            else if (reader.ValueTextEquals("ownerReferences"u8))
                owner = Owner(ref reader);
            else
                reader.SkipValue();
        }

        return new(new(ns, name), version, labels, isTerminating,
            owner is var (kind, ownerName) ? workloads.Share(new(ns, kind, ownerName)) : null, uid);
    }

    // Pods of one template repeat the same bytes, so that most label sets are found without being read.
    private Labels LabelsOf(ReadOnlySpan<byte> json)
    {
        if (labelSets.TryGet(json, out var known))
            return known;
        var reader = new Utf8JsonReader(json);
        List<(string, string)> labels = [];
        if (reader.BeginObject())
            while (reader.NextField())
            {
                var key = strings.Current(ref reader);
                labels.Add((key, strings.Next(ref reader)));
            }

        var fresh = Labels.Of(labels);
        labelSets.Add(json, fresh);
        return fresh;
    }

    // As for manifests: the controller among the owners, else the first; a node owns static pods without running a workload.
    private (string Kind, string Name)? Owner(ref Utf8JsonReader reader)
    {
        (string Kind, string Name)? chosen = null;
        var hasController = false;
        if (!reader.BeginArray())
            return null;
        while (reader.NextObject())
        {
            string kind = "", name = "";
            var isController = false;
            while (reader.NextField())
            {
                if (reader.ValueTextEquals("kind"u8))
                    kind = strings.Next(ref reader);
                else if (reader.ValueTextEquals("name"u8))
                    name = strings.Next(ref reader);
                else if (reader.ValueTextEquals("controller"u8))
                    isController = reader.IsTrue();
                else
                    reader.SkipValue();
            }

            if (chosen is null || (isController && !hasController))
                (chosen, hasController) = ((kind, name), isController);
        }

        return chosen is { Kind: "Node" } or { Name: "" } ? null
            : chosen is { Kind: "" } nameless ? nameless with { Kind = "Pod" }
            : chosen;
    }
}
