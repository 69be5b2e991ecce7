using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>An object as an API server stores it: its JSON has no <c>kind</c> and no <c>apiVersion</c>.</summary>
public sealed record WireObject(ResourceType Type, string? Namespace, string Name, ReadOnlyMemory<byte> Json)
{
    internal static JsonWriterOptions JsonOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="writeMetadata">The fields of the metadata after name and namespace.</param>
    /// <param name="writeRest">The fields of the object after the metadata.</param>
    internal static WireObject Of(ResourceType type, string? ns, string name, Action<Utf8JsonWriter> writeMetadata, Action<Utf8JsonWriter> writeRest)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata"u8);
            json.WriteString("name"u8, name);
            if (ns is not null)
                json.WriteString("namespace"u8, ns);
            writeMetadata(json);
            json.WriteEndObject();
            writeRest(json);
            json.WriteEndObject();
        }

        return new(type, ns, name, bytes.WrittenSpan.ToArray());
    }
}

/// <summary>What objects of several kinds have in common.</summary>
internal static class WireParts
{
    /// <summary>Every object of the lab is as old as the year.</summary>
    public const string Birth = "2026-01-01T00:00:00Z";

    public static void WriteLabels(this Utf8JsonWriter json, Labels labels)
    {
        if (labels.Count == 0)
            return;
        json.WriteStartObject("labels"u8);
        foreach (var (key, value) in labels)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    public static void WriteOwner(this Utf8JsonWriter json, string ns, string apiVersion, string kind, string name)
    {
        json.WriteStartArray("ownerReferences"u8);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, apiVersion);
        json.WriteString("kind"u8, kind);
        json.WriteString("name"u8, name);
        // The owner's real one is the server's to give; nothing here looks owners up by it.
        json.WriteString("uid"u8, Identity($"{kind}/{ns}/{name}"));
        json.WriteBoolean("controller"u8, true);
        json.WriteBoolean("blockOwnerDeletion"u8, true);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    public static void WritePorts(this Utf8JsonWriter json, ValueList<ContainerPort> ports)
    {
        if (ports.Count == 0)
            return;
        json.WriteStartArray("ports"u8);
        foreach (var port in ports)
        {
            json.WriteStartObject();
            if (port.Name is not null)
                json.WriteString("name"u8, port.Name);
            json.WriteNumber("containerPort"u8, port.Number);
            json.WriteString("protocol"u8, port.Protocol.Name());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteRaw(this Utf8JsonWriter json, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(field);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    private static Guid Identity(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
