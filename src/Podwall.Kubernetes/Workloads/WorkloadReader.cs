using Podwall.Policy;

namespace Podwall.Kubernetes;

internal static class WorkloadReader
{
    public static bool IsWorkload(string group, string kind) => (group, kind) switch
    {
        ("apps" or "extensions", "Deployment" or "DaemonSet" or "ReplicaSet") or ("apps", "StatefulSet") => true,
        ("", "ReplicationController") or ("batch", "Job" or "CronJob") => true,
        // A manifest without apiVersion is known by its kind alone; a warning says so.
        ("?", "Deployment" or "DaemonSet" or "ReplicaSet" or "StatefulSet" or "ReplicationController" or "Job" or "CronJob") => true,
        _ => false,
    };

    public static WorkloadObject Read(Manifest manifest, Cursor root, ObjectMeta meta, WorkloadId id, LabelPool labels, List<FieldError> faults)
    {
        var kind = manifest.Kind;
        var workload = root.Struct($"v1.{kind}");
        var spec = workload["spec"].Struct($"v1.{kind}Spec");
        var inside = kind == "CronJob" ? spec["jobTemplate"].Struct("v1.JobTemplateSpec")["spec"].Struct("v1.JobSpec") : spec;
        var template = inside["template"].Struct("v1.PodTemplateSpec");
        var podLabels = template["metadata"].Struct("v1.ObjectMeta")["labels"];
        var written = podLabels.TextMap();
        faults.AddRange(MetaRules.Labels(written, podLabels.Path));
        return new(manifest, meta, id, labels.Of(written), PodSpecReader.Read(template["spec"], faults), IsEmpty(spec, workload["status"]));
    }

    private static bool IsEmpty(Cursor spec, Cursor status)
    {
        // Only a live object has a status; a manifest that is scaled to zero still shows what it would run.
        if (status.Node is not MappingNode { Entries.Count: > 0 } live)
            return false;
        return spec["replicas"].Int32() == 0 || live["completionTime"] is { IsNull: false };
    }
}
