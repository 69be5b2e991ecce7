using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api.Admission;

/// <summary>
/// The fields that a server knows of objects beside network policies (API 1.32): metadata, and specs down to the containers
/// and their ports. A misspelt <c>labels</c> decides about policies as much as a policy does.
/// </summary>
internal static class KnownFields
{
    private static readonly string[] Top = ["apiVersion", "kind", "metadata", "spec", "status"];

    private static readonly string[] ServiceSpec =
    [
        "allocateLoadBalancerNodePorts", "clusterIP", "clusterIPs", "externalIPs", "externalName", "externalTrafficPolicy", "healthCheckNodePort", "internalTrafficPolicy", "ipFamilies",
        "ipFamilyPolicy", "loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges", "ports", "publishNotReadyAddresses", "selector", "sessionAffinity", "sessionAffinityConfig",
        "trafficDistribution", "type",
    ];

    private static readonly string[] ServicePort = ["appProtocol", "name", "nodePort", "port", "protocol", "targetPort"];

    private static readonly string[] PodSpec =
    [
        "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy", "enableServiceLinks", "ephemeralContainers", "hostAliases", "hostIPC",
        "hostNetwork", "hostPID", "hostUsers", "hostname", "imagePullSecrets", "initContainers", "nodeName", "nodeSelector", "os", "overhead", "preemptionPolicy", "priority",
        "priorityClassName", "readinessGates", "resourceClaims", "resources", "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates", "securityContext", "serviceAccount",
        "serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes",
    ];

    private static readonly string[] Container =
    [
        "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports", "readinessProbe", "resizePolicy", "resources", "restartPolicy",
        "securityContext", "startupProbe", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir",
    ];

    private static readonly string[] ContainerPort = ["containerPort", "hostIP", "hostPort", "name", "protocol"];

    private static readonly string[] JobSpec =
    [
        "activeDeadlineSeconds", "backoffLimit", "backoffLimitPerIndex", "completionMode", "completions", "managedBy", "manualSelector", "maxFailedIndexes", "parallelism", "podFailurePolicy",
        "podReplacementPolicy", "selector", "successPolicy", "suspend", "template", "ttlSecondsAfterFinished",
    ];

    private static readonly Dictionary<ResourceType, string[]> WorkloadSpecs = new()
    {
        [ResourceType.Deployments] = ["minReadySeconds", "paused", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit", "selector", "strategy", "template"],
        [ResourceType.ReplicaSets] = ["minReadySeconds", "replicas", "selector", "template"],
        [ResourceType.StatefulSets] =
        [
            "minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy", "podManagementPolicy", "replicas", "revisionHistoryLimit", "selector", "serviceName", "template",
            "updateStrategy", "volumeClaimTemplates",
        ],
        [ResourceType.DaemonSets] = ["minReadySeconds", "revisionHistoryLimit", "selector", "template", "updateStrategy"],
        [ResourceType.Jobs] = JobSpec,
        [ResourceType.CronJobs] = ["concurrencyPolicy", "failedJobsHistoryLimit", "jobTemplate", "schedule", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "suspend", "timeZone"],
    };

    // Kinds that have something beside spec and status.
    private static readonly ResourceType[] Others =
    [
        ResourceType.ConfigMaps, ResourceType.Secrets, ResourceType.ServiceAccounts, ResourceType.Events, ResourceType.EndpointSlices,
        ResourceType.Roles, ResourceType.RoleBindings, ResourceType.ClusterRoles, ResourceType.ClusterRoleBindings,
    ];

    /// <summary>The metadata of an object, and what there is to warn of.</summary>
    /// <exception cref="ApiFailure">A field is of another type, or unknown where validation is strict.</exception>
    public static (ObjectMeta Meta, IEnumerable<string> Warnings) Decode(ResourceType type, JsonObject tree, FieldValidation validation)
    {
        var document = new JsonTreeReader("body", ReadingLimits.Default, new StringPool()).Read(TreeJson.Bytes(tree))[0];
        DecodingFindings findings = new(DocumentFormat.Json, validation != FieldValidation.Ignore);
        var root = Cursor.Root(document, findings).Struct($"v1.{type.Kind}", Others.Contains(type) ? [] : Top);
        var meta = ObjectMetaDecoder.Decode(root["metadata"]);
        CheckSpec(type, root["spec"]);
        var refusal = $"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: ";
        if (findings.WrongTypes.FirstOrDefault() is { } wrong)
            throw ApiFailure.BadRequest(refusal + wrong.Message);
        var unknown = findings.UnknownFields.Select(u => u.Message).ToList();
        if (validation == FieldValidation.Strict && unknown.Count > 0)
            throw ApiFailure.BadRequest($"{refusal}strict decoding error: {string.Join(", ", unknown)}");
        return (meta, unknown);
    }

    private static void CheckSpec(ResourceType type, Cursor spec)
    {
        if (type == ResourceType.Namespaces)
            spec.Struct("v1.NamespaceSpec", "finalizers");
        else if (type == ResourceType.Services)
            foreach (var port in spec.Struct("v1.ServiceSpec", ServiceSpec)["ports"].Items("v1.ServicePort") ?? [])
                port.Struct("v1.ServicePort", ServicePort);
        else if (type == ResourceType.Pods)
            CheckPod(spec);
        else if (WorkloadSpecs.TryGetValue(type, out var known))
        {
            var inside = spec.Struct($"v1.{type.Kind}Spec", known);
            CheckTemplate(type == ResourceType.CronJobs ? inside["jobTemplate"].Struct("v1.JobTemplateSpec", "metadata", "spec")["spec"].Struct("v1.JobSpec", JobSpec)["template"] : inside["template"]);
        }
    }

    private static void CheckTemplate(Cursor template)
    {
        var inside = template.Struct("v1.PodTemplateSpec", "metadata", "spec");
        ObjectMetaDecoder.Decode(inside["metadata"]);
        CheckPod(inside["spec"]);
    }

    private static void CheckPod(Cursor spec)
    {
        var inside = spec.Struct("v1.PodSpec", PodSpec);
        foreach (var list in new[] { "containers", "initContainers" })
            foreach (var container in inside[list].Items("v1.Container") ?? [])
                foreach (var port in container.Struct("v1.Container", Container)["ports"].Items("v1.ContainerPort") ?? [])
                    port.Struct("v1.ContainerPort", ContainerPort);
    }
}
