using System.Text.Json;
using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>
/// A running pod of about 3 KB: what a policy looks at comes from the engine's pod, and the rest is there because a real
/// pod has it, and a reader must get past it.
/// </summary>
internal static class PodWire
{
    private const string TemplateHash = "pod-template-hash";

    /// <param name="pod">The pod to write.</param>
    /// <param name="hosts">The addresses of nodes.</param>
    public static WireObject Of(Pod pod, IReadOnlyDictionary<string, Address> hosts) => WireObject.Of(
        ResourceType.Pods, pod.Id.Namespace, pod.Id.Name,
        json =>
        {
            if (pod.IsTerminating)
            {
                json.WriteString("deletionTimestamp"u8, WireParts.Birth);
                json.WriteNumber("deletionGracePeriodSeconds"u8, 30);
            }

            json.WriteLabels(pod.Labels);
            json.WriteRaw("annotations"u8, PodBulk.Annotations);
            WriteOwner(json, pod);
        },
        json =>
        {
            WriteSpec(json, pod);
            WriteStatus(json, pod, hosts);
        });

    /// <summary>The ReplicaSet between a pod and its Deployment; null for a pod without one.</summary>
    public static string? ReplicaSetOf(Pod pod) =>
        pod.Workload.Kind == "Deployment" ? $"{pod.Workload.Name}-{pod.Labels[TemplateHash] ?? "0"}" : null;

    /// <param name="pod">One of its pods: all look alike.</param>
    /// <param name="replicas">How many pods it has.</param>
    public static WireObject ReplicaSet(Pod pod, int replicas) => WireObject.Of(
        ResourceType.ReplicaSets, pod.Namespace, ReplicaSetOf(pod)!,
        json =>
        {
            json.WriteLabels(pod.Labels);
            json.WriteOwner(pod.Namespace, "apps/v1", "Deployment", pod.Workload.Name);
        },
        json =>
        {
            json.WriteStartObject("spec"u8);
            json.WriteNumber("replicas"u8, replicas);
            json.WriteStartObject("selector"u8);
            json.WriteStartObject("matchLabels"u8);
            if (pod.Labels[TemplateHash] is { } hash)
                json.WriteString(TemplateHash, hash);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("template"u8);
            json.WriteStartObject("metadata"u8);
            json.WriteLabels(pod.Labels);
            json.WriteEndObject();
            json.WriteStartObject("spec"u8);
            WriteContainers(json, pod);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("status"u8);
            foreach (var field in (string[])["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"])
                json.WriteNumber(field, field == "observedGeneration" ? 1 : replicas);
            json.WriteEndObject();
        });

    private static void WriteOwner(Utf8JsonWriter json, Pod pod)
    {
        if (ReplicaSetOf(pod) is { } replicaSet)
            json.WriteOwner(pod.Namespace, "apps/v1", "ReplicaSet", replicaSet);
        else if (pod.Workload.Kind != "Pod")
            json.WriteOwner(pod.Namespace, pod.Workload.Kind is "Job" or "CronJob" ? "batch/v1" : "apps/v1", pod.Workload.Kind, pod.Workload.Name);
    }

    private static void WriteSpec(Utf8JsonWriter json, Pod pod)
    {
        json.WriteStartObject("spec"u8);
        json.WriteRaw("volumes"u8, PodBulk.Volumes);
        WriteContainers(json, pod);
        json.WriteString("restartPolicy"u8, "Always"u8);
        json.WriteNumber("terminationGracePeriodSeconds"u8, 30);
        json.WriteString("dnsPolicy"u8, "ClusterFirst"u8);
        json.WriteString("serviceAccountName"u8, "default"u8);
        json.WriteString("serviceAccount"u8, "default"u8);
        if (pod.Node is not null)
            json.WriteString("nodeName"u8, pod.Node);
        if (pod.UsesHostNetwork)
            json.WriteBoolean("hostNetwork"u8, true);
        json.WriteRaw("securityContext"u8, "{}"u8);
        json.WriteString("schedulerName"u8, "default-scheduler"u8);
        json.WriteRaw("tolerations"u8, PodBulk.Tolerations);
        json.WriteNumber("priority"u8, 0);
        json.WriteBoolean("enableServiceLinks"u8, true);
        json.WriteString("preemptionPolicy"u8, "PreemptLowerPriority"u8);
        json.WriteEndObject();
    }

    private static void WriteContainers(Utf8JsonWriter json, Pod pod)
    {
        json.WriteStartArray("containers"u8);
        json.WriteStartObject();
        json.WriteString("name"u8, "main"u8);
        json.WriteString("image"u8, PodBulk.Image);
        json.WritePorts(pod.Ports);
        json.WriteRaw("env"u8, PodBulk.Environment);
        json.WriteRaw("resources"u8, PodBulk.Resources);
        json.WriteRaw("volumeMounts"u8, PodBulk.Mounts);
        json.WriteRaw("readinessProbe"u8, PodBulk.Probe);
        json.WriteString("terminationMessagePath"u8, "/dev/termination-log"u8);
        json.WriteString("terminationMessagePolicy"u8, "File"u8);
        json.WriteString("imagePullPolicy"u8, "IfNotPresent"u8);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteStatus(Utf8JsonWriter json, Pod pod, IReadOnlyDictionary<string, Address> hosts)
    {
        json.WriteStartObject("status"u8);
        if (pod.Addresses.Count == 0)
        {
            json.WriteString("phase"u8, "Pending"u8);
            json.WriteString("qosClass"u8, "Burstable"u8);
            json.WriteEndObject();
            return;
        }

        json.WriteString("phase"u8, "Running"u8);
        json.WriteRaw("conditions"u8, PodBulk.Conditions);
        if (pod.Node is not null && hosts.TryGetValue(pod.Node, out var host))
        {
            json.WriteString("hostIP"u8, host.ToString());
            WriteAddresses(json, "hostIPs"u8, [host]);
        }

        json.WriteString("podIP"u8, pod.Addresses[0].ToString());
        WriteAddresses(json, "podIPs"u8, pod.Addresses);
        json.WriteString("startTime"u8, WireParts.Birth);
        json.WriteRaw("containerStatuses"u8, PodBulk.ContainerStatuses);
        json.WriteString("qosClass"u8, "Burstable"u8);
        json.WriteEndObject();
    }

    private static void WriteAddresses(Utf8JsonWriter json, ReadOnlySpan<byte> field, ValueList<Address> addresses)
    {
        json.WriteStartArray(field);
        foreach (var address in addresses)
        {
            json.WriteStartObject();
            json.WriteString("ip"u8, address.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
