using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Store;

namespace Podwall.Lab.Controllers;

/// <summary>What a workload's pods shall be like: to compare, and to make pods of.</summary>
internal static class PodTemplate
{
    /// <summary>The label by which the pods of a deployment's revisions differ.</summary>
    public const string HashLabel = "pod-template-hash";

    /// <summary>The label by which the pods of the revisions of other workloads differ.</summary>
    public const string RevisionLabel = "controller-revision-hash";

    private const string HashLetters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A text that equal templates share, however a client wrote them: fields in order, without what is empty, and without the hash.</summary>
    public static string Canonical(JsonNode? template)
    {
        var sorted = Sorted(template) as JsonObject ?? [];
        if (sorted["metadata"]?["labels"] is JsonObject labels)
            labels.Remove(HashLabel);
        return Encoding.UTF8.GetString(TreeJson.Bytes(sorted));
    }

    /// <summary>Ten letters that tell a template from others.</summary>
    public static string Hash(string canonical) =>
        string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)).Take(10).Select(b => HashLetters[b % HashLetters.Length]));

    /// <summary>A pod of a workload, without a name yet.</summary>
    public static JsonObject Pod(ClusterObject owner)
    {
        var template = (JsonObject?)owner.Spec?["template"] ?? [];
        JsonObject metadata = new() { ["generateName"] = $"{owner.Name.Name}-", ["ownerReferences"] = new JsonArray(OwnerReference(owner)) };
        foreach (var field in new[] { "labels", "annotations", "finalizers" })
            if (template["metadata"]?[field] is { } value)
                metadata[field] = value.DeepClone();
        return new() { ["metadata"] = metadata, ["spec"] = template["spec"]?.DeepClone() };
    }

    /// <summary>Makes a pod and tells its owner's events.</summary>
    public static void Make(Pass pass, ClusterObject owner, JsonObject pod, string component, Func<string, string> message)
    {
        StoredObject made;
        try
        {
            made = pass.Writes.Create(ResourceType.Pods, owner.Name.Namespace, pod);
        }
        catch (ApiFailure refused)
        {
            pass.Report(owner, new(component, "FailedCreate", $"Error creating: {refused.Message}") { Severity = EventSeverity.Warning });
            throw;
        }

        pass.Report(owner, new(component, "SuccessfulCreate", message(made.Name.Name)));
    }

    /// <summary>Takes a pod away and tells its owner's events.</summary>
    public static void Drop(Pass pass, ClusterObject owner, ClusterObject pod, string component, Func<string, string> message)
    {
        if (pass.Writes.Delete(pod.Type, pod.Name, Deletion.Usual with { Uid = pod.Uid }) is not null)
            pass.Report(owner, new(component, "SuccessfulDelete", message(pod.Name.Name)));
    }

    public static JsonNode OwnerReference(ClusterObject owner) => new JsonObject
    {
        ["apiVersion"] = owner.Type.ApiVersion,
        ["kind"] = owner.Type.Kind,
        ["name"] = owner.Name.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    private static JsonNode? Sorted(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                return new JsonObject(map.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value)))
                    .Where(f => f.Value is { } value and not (JsonObject { Count: 0 } or JsonArray { Count: 0 })));
            case JsonArray list:
                return new JsonArray([.. list.Select(Sorted)]);
            default:
                return node?.GetValueKind() == JsonValueKind.Null ? null : node?.DeepClone();
        }
    }
}
