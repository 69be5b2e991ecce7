using System.Text.Json;
using Podwall.Policy;

namespace Podwall.Kubernetes.Following;

/// <summary>
/// Reads a pod straight into the engine's, of which most is shared with other pods; nothing else of the object is held.
/// A finished pod is null: it owns no address any more. Its workload is the nearest owner.
/// </summary>
internal sealed class PodDecoder
{
    private const int Capacity = 4 * 1024;

    private readonly Strings strings = new();
    private readonly MetadataDecoder metadata;
    private readonly Recent<ValueList<ContainerPort>> portLists = new(Capacity);
    private readonly List<ContainerPort> ports = [];
    private readonly List<ContainerPort> containerPorts = [];
    private readonly List<Address> addresses = [];
    private readonly List<string> faults = [];

    public PodDecoder() => metadata = new(strings);

    /// <summary>As <see cref="Decode{T}"/>.</summary>
    public Decoded<Pod?> Decode(ReadOnlySpan<byte> json)
    {
        Metadata meta = default;
        var (node, usesHostNetwork, isFinished) = ((string?)null, false, false);
        ports.Clear();
        addresses.Clear();
        faults.Clear();
        var reader = new Utf8JsonReader(json);
        if (reader.BeginObject())
            while (reader.NextField())
            {
                if (reader.ValueTextEquals("metadata"u8))
                    meta = metadata.Read(ref reader, json);
                else if (reader.ValueTextEquals("spec"u8))
                    (node, usesHostNetwork) = Spec(ref reader);
                else if (reader.ValueTextEquals("status"u8))
                    isFinished = Status(ref reader);
                else
                    reader.SkipValue();
            }

        if (meta.Key.Name is not { Length: > 0 })
            throw new JsonException("the pod has no name");
        if (isFinished)
            return new(meta.Key, meta.ResourceVersion, null);
        PodId id = new(meta.Key.Namespace, meta.Key.Name);
        // A pod without an owner makes its own workload, so it is not made twice.
        var pod = meta.Owner is { } owner ? new Pod(id, meta.Labels) { Workload = owner } : new Pod(id, meta.Labels);
        return new(meta.Key, meta.ResourceVersion, pod with
        {
            Ports = ports.Count == 0 ? [] : portLists.Share([.. ports]),
            Addresses = [.. addresses],
            Node = node,
            Uid = meta.Uid,
            UsesHostNetwork = usesHostNetwork,
            IsTerminating = meta.IsTerminating,
            Faults = [.. faults],
        });
    }

    private (string? Node, bool UsesHostNetwork) Spec(ref Utf8JsonReader reader)
    {
        var (node, usesHostNetwork) = ("", false);
        if (!reader.BeginObject())
            return default;
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("nodeName"u8))
                node = strings.Next(ref reader);
            else if (reader.ValueTextEquals("hostNetwork"u8))
                usesHostNetwork = reader.IsTrue();
            else if (reader.ValueTextEquals("containers"u8))
                Containers(ref reader, areInit: false);
            else if (reader.ValueTextEquals("initContainers"u8))
                Containers(ref reader, areInit: true);
            else
                reader.SkipValue();
        }

        return (node.Length > 0 ? node : null, usesHostNetwork);
    }

    // Of the init containers only those that keep running serve anything.
    private void Containers(ref Utf8JsonReader reader, bool areInit)
    {
        if (!reader.BeginArray())
            return;
        // The order of the fields in the object is not the order of the ports: app containers come first.
        var place = areInit ? ports.Count : 0;
        while (reader.NextObject())
        {
            var keepsRunning = false;
            containerPorts.Clear();
            while (reader.NextField())
            {
                if (reader.ValueTextEquals("ports"u8))
                    Ports(ref reader);
                else if (reader.ValueTextEquals("restartPolicy"u8))
                    keepsRunning = strings.Next(ref reader) == "Always";
                else
                    reader.SkipValue();
            }

            if (areInit && !keepsRunning)
                continue;
            ports.InsertRange(place, containerPorts);
            place += containerPorts.Count;
        }
    }

    private void Ports(ref Utf8JsonReader reader)
    {
        if (!reader.BeginArray())
            return;
        while (reader.NextObject())
        {
            var (name, protocol, number) = ("", "", 0);
            while (reader.NextField())
            {
                if (reader.ValueTextEquals("name"u8))
                    name = strings.Next(ref reader);
                else if (reader.ValueTextEquals("protocol"u8))
                    protocol = strings.Next(ref reader);
                else if (reader.ValueTextEquals("containerPort"u8))
                    number = Number(ref reader);
                else
                    reader.SkipValue();
            }

            if (number is > 0 and <= ushort.MaxValue && protocol is ("" or "TCP" or "UDP" or "SCTP"))
                containerPorts.Add(new(PodSpecReader.Parsed(protocol), (ushort)number, name.Length > 0 ? name : null));
            else
                faults.Add($"the port {(name.Length > 0 ? name : $"{number}")} of a container has {(number is > 0 and <= ushort.MaxValue ? $"the protocol '{protocol}', which is none of TCP, UDP and SCTP" : "no number from 1 to 65535")}");
        }
    }

    private static int Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : 0;
    }

    private bool Status(ref Utf8JsonReader reader)
    {
        var (phase, single) = ("", "");
        if (!reader.BeginObject())
            return false;
        while (reader.NextField())
        {
            if (reader.ValueTextEquals("phase"u8))
                phase = strings.Next(ref reader);
            else if (reader.ValueTextEquals("podIP"u8))
                single = reader.Text() ?? "";
            else if (reader.ValueTextEquals("podIPs"u8))
                Addresses(ref reader);
            else
                reader.SkipValue();
        }

        if (addresses.Count == 0)
            Add(single);
        return phase is "Succeeded" or "Failed";
    }

    private void Addresses(ref Utf8JsonReader reader)
    {
        if (!reader.BeginArray())
            return;
        while (reader.NextObject())
            while (reader.NextField())
            {
                if (reader.ValueTextEquals("ip"u8))
                    Add(reader.Text());
                else
                    reader.SkipValue();
            }
    }

    // A pod has one address per family; the first is the primary one.
    private void Add(string? text)
    {
        if (Address.TryParse(text, out var address))
        {
            if (!addresses.Exists(a => a.Family == address.Family))
                addresses.Add(address);
        }
        else if (text is { Length: > 0 })
            faults.Add($"'{text}' is no address");
    }
}
