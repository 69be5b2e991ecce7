using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Api.Admission;

/// <summary>What cannot be changed in an object once it is there.</summary>
internal static class FixedFields
{
    private const string Immutable = "field is immutable", WhileFixed = "field is immutable when `immutable` is set";

    private static readonly string[] Free = ["replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public static IEnumerable<FieldError> Check(ResourceType type, JsonObject tree, JsonObject before)
    {
        var (now, was, path) = (tree["spec"] as JsonObject ?? [], before["spec"] as JsonObject ?? [], FieldPath.Of("spec"));
        return (type.Group, type.Kind) switch
        {
            ("", "Pod") => CheckPod(now, was, path),
            ("", "Service") => CheckService(now, was, path),
            ("", "Secret" or "ConfigMap") => CheckEntries(tree, before),
            ("apps", "StatefulSet") => CheckStatefulSet(now, was, path),
            ("apps", "Deployment" or "ReplicaSet" or "DaemonSet") => CheckSelector(now, was, path),
            ("batch", "Job") => CheckJob(now, was, path),
            _ => [],
        };
    }

    private static IEnumerable<FieldError> CheckSelector(JsonObject now, JsonObject was, FieldPath path)
    {
        if (!Same(now, was, "selector"))
            yield return new(FieldErrorType.Invalid, path.Child("selector"), $"Invalid value: {GoValues.Selector(now["selector"])}: {Immutable}");
    }

    private static IEnumerable<FieldError> CheckStatefulSet(JsonObject now, JsonObject was, FieldPath path)
    {
        if (now.Select(f => f.Key).Union(was.Select(f => f.Key)).Except(Free).Except(["revisionHistoryLimit"]).Any(f => !Same(now, was, f)))
            yield return FieldError.Forbidden(path, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    }

    private static IEnumerable<FieldError> CheckJob(JsonObject now, JsonObject was, FieldPath path)
    {
        if (!Same(now, was, "completions") && Cells.Text(now, "completionMode") != "Indexed")
            yield return new(FieldErrorType.Invalid, path.Child("completions"), $"Invalid value: {Cells.Text(now, "completions")}: {Immutable}");
        foreach (var fault in CheckSelector(now, was, path))
            yield return fault;
        if (!Same(now, was, "template"))
            yield return new(FieldErrorType.Invalid, path.Child("template"), $"Invalid value: core.PodTemplateSpec{{...}}: {Immutable}");
    }

    private static IEnumerable<FieldError> CheckService(JsonObject now, JsonObject was, FieldPath path)
    {
        if (Cells.Text(was, "clusterIP") is { Length: > 0 } address && Cells.Text(now, "type") != "ExternalName" && Cells.Text(now, "clusterIP") is var wanted && wanted != address)
            yield return new(FieldErrorType.Invalid, path.Child("clusterIPs").Child(0), $"Invalid value: {GoValues.Texts([wanted])}: may not change once set");
    }

    private static IEnumerable<FieldError> CheckEntries(JsonObject now, JsonObject was)
    {
        if (!Same(now, was, "type"))
            yield return FieldError.Invalid(FieldPath.Of("type"), Cells.Text(now, "type"), Immutable);
        if ((bool?)was["immutable"] != true)
            yield break;
        if ((bool?)now["immutable"] != true)
            yield return FieldError.Forbidden(FieldPath.Of("immutable"), WhileFixed);
        foreach (var field in new[] { "data", "binaryData" })
            if (!Same(now, was, field))
                yield return FieldError.Forbidden(FieldPath.Of(field), WhileFixed);
    }

    private static IEnumerable<FieldError> CheckPod(JsonObject now, JsonObject was, FieldPath path)
    {
        var (wanted, stood) = (Variable(now), Variable(was));
        // Whoever chooses the node writes it once, and gates only go.
        if (Cells.Text(was, "nodeName").Length == 0)
            wanted.Remove("nodeName");
        if (Cells.Count(now["schedulingGates"]) <= Cells.Count(was["schedulingGates"]))
        {
            wanted.Remove("schedulingGates");
            stood.Remove("schedulingGates");
        }

        if (Cells.Count(now["containers"]) != Cells.Count(was["containers"]))
            yield return FieldError.Forbidden(path.Child("containers"), "pod updates may not add or remove containers");
        else if (!JsonNode.DeepEquals(wanted, stood) || Cells.Items(was["tolerations"]).Any(t => !Cells.Items(now["tolerations"]).Any(n => JsonNode.DeepEquals(n, t))))
            yield return FieldError.Forbidden(path, "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)");
    }

    // Without what may be changed.
    private static JsonObject Variable(JsonObject spec)
    {
        var fixedOnes = (JsonObject)spec.DeepClone();
        fixedOnes.Remove("activeDeadlineSeconds");
        fixedOnes.Remove("tolerations");
        foreach (var container in Cells.Items(fixedOnes["containers"]).Concat(Cells.Items(fixedOnes["initContainers"])))
            container.Remove("image");
        return fixedOnes;
    }

    private static bool Same(JsonObject now, JsonObject was, string field) => JsonNode.DeepEquals(now[field], was[field]);
}
