using System.Text.Json;
using System.Text.Json.Serialization;
using Podwall.Explorer;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;

namespace Podwall.Cli.Ui;

/// <summary>Puts proposed policies in force, as <c>kubectl apply --server-side</c> would; nothing but NetworkPolicies.</summary>
internal static class Applying
{
    // What a cluster writes into an object; what was read from one may be applied to another.
    private static readonly string[] OfTheServer = ["managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"];

    public static async Task<ApplyReply> ApplyAsync(Proposal proposal, ApiClient client, CancellationToken cancellation)
    {
        var read = Proposals.Read(proposal);
        if (read.HasErrors)
            return new(false, ["Nothing was applied: the policies have errors."]);
        if (read.PolicyObjects.Count == 0)
            return new(false, ["Nothing was applied: there is no NetworkPolicy in the text."]);
        List<string> lines = [];
        foreach (var source in read.PolicyObjects.AsEnumerable())
        {
            try
            {
                var path = $"{ResourceType.NetworkPolicies.PathOf(source.Id.Namespace, source.Id.Name)}?fieldManager=podwall";
                await client.PatchAsync(path, PatchTypes.Apply, BodyOf(source), UiJson.Default.JsonElement, cancellation);
                lines.Add($"{source.Id} is in force");
            }
            catch (ApiException refused)
            {
                return new(false, [.. lines, $"{source.Id}: {refused.Message}"]);
            }
        }

        return new(true, lines);
    }

    /// <summary>One policy alone, as it was written, whether it stood in a document of its own or in a list.</summary>
    public static byte[] BodyOf(PolicySource source)
    {
        var root = (MappingNode)source.Document.Root;
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "networking.k8s.io/v1");
            json.WriteString("kind", "NetworkPolicy");
            json.WriteStartObject("metadata");
            Write(json, ((MappingNode)root["metadata"]!).Effective().Where(e => !OfTheServer.Contains(e.Key)));
            json.WriteEndObject();
            Write(json, root.Effective().Where(e => e.Key is not ("apiVersion" or "kind" or "metadata" or "status")));
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<MappingEntry> entries)
    {
        foreach (var entry in entries)
        {
            json.WritePropertyName(entry.Key);
            JsonTreeWriter.Write(json, entry.Value);
        }
    }
}

/// <summary>What the API server answers, taken as it comes.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class UiJson : JsonSerializerContext;
