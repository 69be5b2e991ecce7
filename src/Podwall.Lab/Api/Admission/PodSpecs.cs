using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api.Admission;

/// <summary>Where a kind says what its pods are.</summary>
internal static class PodSpecs
{
    /// <summary>The spec of the pods of an object whose own spec is given; null where it has none.</summary>
    public static JsonObject? Of(ResourceType type, JsonObject spec) => (type.Group, type.Kind) switch
    {
        ("", "Pod") => spec,
        ("batch", "CronJob") => spec["jobTemplate"]?["spec"]?["template"]?["spec"] as JsonObject,
        _ => spec["template"]?["spec"] as JsonObject,
    };

    /// <summary>Its path; null for a kind that has no pods.</summary>
    public static FieldPath? PathOf(ResourceType type) => (type.Group, type.Kind) switch
    {
        ("", "Pod") => FieldPath.Of("spec"),
        ("batch", "CronJob") => FieldPath.Of("spec").Child("jobTemplate").Child("spec").Child("template").Child("spec"),
        ("apps", "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet") or ("batch", "Job") or ("", "ReplicationController") => FieldPath.Of("spec").Child("template").Child("spec"),
        _ => null,
    };
}
