using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api.Admission;

/// <summary>What the API's types mean by a field that is left out, written out as a server does.</summary>
internal static class Defaults
{
    public static void Fill(ResourceType type, JsonObject tree)
    {
        if (type == ResourceType.Secrets)
            FillSecret(tree);
        else if (type == ServedResource.PriorityClasses)
            Set(tree, "preemptionPolicy", "PreemptLowerPriority");
        if (tree["spec"] is not JsonObject spec)
            return;
        switch (type.Group, type.Kind)
        {
            case ("", "Pod"):
                Set(spec, "serviceAccountName", "default");
                Set(spec, "serviceAccount", spec["serviceAccountName"]!.DeepClone());
                Set(spec, "preemptionPolicy", "PreemptLowerPriority");
                Set(spec, "priority", 0);
                Set(spec, "enableServiceLinks", true);
                break;
            case ("", "Service"):
                FillService(spec);
                break;
            case ("apps", "Deployment"):
                Set(spec, "replicas", 1);
                Set(spec, "revisionHistoryLimit", 10);
                Set(spec, "progressDeadlineSeconds", 600);
                var strategy = Inside(spec, "strategy");
                Set(strategy, "type", "RollingUpdate");
                if (ObjectRules.TextOf(strategy["type"]) == "RollingUpdate")
                {
                    Set(Inside(strategy, "rollingUpdate"), "maxSurge", "25%");
                    Set(Inside(strategy, "rollingUpdate"), "maxUnavailable", "25%");
                }

                break;
            case ("apps", "ReplicaSet"):
                Set(spec, "replicas", 1);
                break;
            case ("", "ReplicationController"):
                Set(spec, "replicas", 1);
                if (spec["template"]?["metadata"]?["labels"] is { } labels)
                    Set(spec, "selector", labels.DeepClone());
                break;
            case ("", "PersistentVolumeClaim"):
                Set(spec, "volumeMode", "Filesystem");
                break;
            case ("apps", "StatefulSet"):
                Set(spec, "replicas", 1);
                Set(spec, "revisionHistoryLimit", 10);
                Set(spec, "podManagementPolicy", "OrderedReady");
                var retention = Inside(spec, "persistentVolumeClaimRetentionPolicy");
                Set(retention, "whenDeleted", "Retain");
                Set(retention, "whenScaled", "Retain");
                FillUpdates(spec, ("partition", 0));
                break;
            case ("apps", "DaemonSet"):
                Set(spec, "revisionHistoryLimit", 10);
                FillUpdates(spec, ("maxSurge", 0), ("maxUnavailable", 1));
                break;
            case ("batch", "Job"):
                Set(spec, "backoffLimit", 6);
                Set(spec, "completionMode", "NonIndexed");
                Set(spec, "suspend", false);
                Set(spec, "podReplacementPolicy", "TerminatingOrFailed");
                if (spec["completions"] is null && spec["parallelism"] is null)
                    Set(spec, "completions", 1);
                Set(spec, "parallelism", 1);
                break;
            case ("batch", "CronJob"):
                Set(spec, "concurrencyPolicy", "Allow");
                Set(spec, "suspend", false);
                Set(spec, "successfulJobsHistoryLimit", 3);
                Set(spec, "failedJobsHistoryLimit", 1);
                break;
        }

        if (PodSpecs.Of(type, spec) is { } pod)
            PodDefaults.Fill(pod);
    }

    /// <summary>A job knows its pods by its own identity, unless its author says otherwise.</summary>
    public static void TellPodsOf(ObjectName name, JsonObject job)
    {
        const string Uid = "batch.kubernetes.io/controller-uid";
        if (job["spec"] is not JsonObject spec || ObjectRules.TextOf(job["metadata"]!["uid"]) is not { } uid || (bool?)spec["manualSelector"] == true)
            return;
        var labels = Inside(Inside(Inside(spec, "template"), "metadata"), "labels");
        foreach (var (key, value) in new[] { (Uid, uid), ("batch.kubernetes.io/job-name", name.Name), ("controller-uid", uid), ("job-name", name.Name) })
            labels[key] = value;
        Set(Inside(Inside(spec, "selector"), "matchLabels"), Uid, uid);
    }

    // Text is taken in the place of base64, and shown as that.
    private static void FillSecret(JsonObject secret)
    {
        Set(secret, "type", "Opaque");
        foreach (var (key, value) in secret["stringData"] as JsonObject ?? [])
            Inside(secret, "data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(ObjectRules.TextOf(value) ?? ""));
        secret.Remove("stringData");
    }

    private static void FillService(JsonObject spec)
    {
        Set(spec, "type", "ClusterIP");
        Set(spec, "sessionAffinity", "None");
        if (ObjectRules.TextOf(spec["sessionAffinity"]) == "ClientIP")
            Set(Inside(Inside(spec, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds", 10_800);
        var type = ObjectRules.TextOf(spec["type"]);
        if (type != "ExternalName")
            Set(spec, "internalTrafficPolicy", "Cluster");
        if (type is "NodePort" or "LoadBalancer")
            Set(spec, "externalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer")
            Set(spec, "allocateLoadBalancerNodePorts", true);
        foreach (var port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            Set(port, "protocol", "TCP");
            if (port["port"] is { } number)
                Set(port, "targetPort", number.DeepClone());
        }
    }

    private static void FillUpdates(JsonObject spec, params ReadOnlySpan<(string Field, int Value)> rolling)
    {
        var updates = Inside(spec, "updateStrategy");
        Set(updates, "type", "RollingUpdate");
        if (ObjectRules.TextOf(updates["type"]) != "RollingUpdate")
            return;
        foreach (var (field, value) in rolling)
            Set(Inside(updates, "rollingUpdate"), field, value);
    }

    internal static void Set(JsonObject at, string field, JsonNode value)
    {
        if (at[field] is null)
            at[field] = value;
    }

    internal static JsonObject Inside(JsonObject at, string field)
    {
        if (at[field] is not JsonObject inside)
            at[field] = inside = [];
        return inside;
    }
}
