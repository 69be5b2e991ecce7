using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using static Podwall.Lab.Api.Tables.Cells;

namespace Podwall.Lab.Api.Tables;

/// <summary>The columns that a cluster prints for each kind.</summary>
internal sealed class Columns(TimeProvider time)
{
    private static readonly Column Name = new("Name", o => Text(o, "metadata", "name")) { Format = "name" };

    private Column Age => new("Age", o => Since(Text(o, "metadata", "creationTimestamp"), time));

    public Column[] Of(ResourceType type) => (type.Group, type.Kind) switch
    {
        ("networking.k8s.io", "NetworkPolicy") => [Name, new("Pod-Selector", o => Selector(o["spec"]?["podSelector"])), Age],
        ("", "Namespace") => [Name, new("Status", o => Text(o, "status", "phase")), Age],
        ("", "Pod") => Pods(),
        ("", "Service") => Services(),
        ("", "Node") => Nodes(),
        ("", "Event") => Events(),
        ("", "ServiceAccount") => [Name, Number("Secrets", o => Count(o["secrets"])), Age],
        ("", "ConfigMap") => [Name, Number("Data", o => Count(o["data"]) + Count(o["binaryData"])), Age],
        ("", "Secret") => [Name, new("Type", o => Text(o, "type")), Number("Data", o => Count(o["data"])), Age],
        ("coordination.k8s.io", "Lease") => [Name, new("Holder", o => Text(o, "spec", "holderIdentity")), Age],
        ("discovery.k8s.io", "EndpointSlice") =>
        [
            Name, new("AddressType", o => Text(o, "addressType")),
            new("Ports", o => Joined(Items(o["ports"]).Select(p => p["port"]?.ToString() ?? "*"), "<unset>")),
            new("Endpoints", o => Joined(Items(o["endpoints"]).SelectMany(e => Items<JsonNode>(e["addresses"])).Select(a => a.ToString()), "<unset>")), Age,
        ],
        ("apps", "Deployment") =>
        [
            Name, new("Ready", o => $"{Int(o, "status", "readyReplicas")}/{Int(o, "spec", "replicas")}"),
            Number("Up-to-date", o => Int(o, "status", "updatedReplicas")), Number("Available", o => Int(o, "status", "availableReplicas")), Age, .. Containers(hasSelector: true),
        ],
        ("apps", "ReplicaSet") or ("", "ReplicationController") =>
        [
            Name, Number("Desired", o => Int(o, "spec", "replicas")), Number("Current", o => Int(o, "status", "replicas")), Number("Ready", o => Int(o, "status", "readyReplicas")), Age,
            .. Containers(hasSelector: true),
        ],
        ("apps", "StatefulSet") => [Name, new("Ready", o => $"{Int(o, "status", "readyReplicas")}/{Int(o, "spec", "replicas")}"), Age, .. Containers(hasSelector: false)],
        ("apps", "DaemonSet") =>
        [
            Name, Number("Desired", o => Int(o, "status", "desiredNumberScheduled")), Number("Current", o => Int(o, "status", "currentNumberScheduled")), Number("Ready", o => Int(o, "status", "numberReady")),
            Number("Up-to-date", o => Int(o, "status", "updatedNumberScheduled")), Number("Available", o => Int(o, "status", "numberAvailable")),
            new("Node Selector", o => Labels(o["spec"]?["template"]?["spec"]?["nodeSelector"])), Age, .. Containers(hasSelector: true),
        ],
        ("batch", "Job") => [Name, new("Status", JobStatus), new("Completions", Completions), new("Duration", o => Duration(o, time)), Age, .. Containers(hasSelector: true)],
        ("batch", "CronJob") =>
        [
            Name, new("Schedule", o => Text(o, "spec", "schedule")), new("Timezone", o => Text(o, "spec", "timeZone") is { Length: > 0 } zone ? zone : "<none>"),
            new("Suspend", o => (bool?)o["spec"]?["suspend"] == true ? "True" : "False"), Number("Active", o => Count(o["status"]?["active"])),
            new("Last Schedule", o => Text(o, "status", "lastScheduleTime") is { Length: > 0 } last ? Since(last, time) : "<none>"), Age,
        ],
        ("autoscaling", "Scale") => [Name, Number("Desired", o => Int(o, "spec", "replicas")), Number("Available", o => Int(o, "status", "replicas")), Age],
        ("", "Endpoints") => [Name, new("Endpoints", Endpoints), Age],
        ("apps", "ControllerRevision") => [Name, new("Controller", Controller), Number("Revision", o => Int(o, "revision")), Age],
        ("", "ResourceQuota") => [Name, Age, new("Request", o => Quota(o, isLimit: false)), new("Limit", o => Quota(o, isLimit: true))],
        ("", "LimitRange") => [Name, new("Created At", o => Text(o, "metadata", "creationTimestamp"))],
        ("", "PersistentVolumeClaim") =>
        [
            Name, new("Status", o => Text(o, "metadata", "deletionTimestamp").Length > 0 ? "Terminating" : Text(o, "status", "phase")), new("Volume", o => Text(o, "spec", "volumeName")),
            new("Capacity", o => Text(o, "status", "capacity", "storage")), new("Access Modes", o => AccessModes(o["status"]?["accessModes"])),
            new("StorageClass", o => Text(o, "spec", "storageClassName")), new("VolumeAttributesClass", o => OrUnset(Text(o, "spec", "volumeAttributesClassName"))), Age,
            Wide("VolumeMode", o => OrUnset(Text(o, "spec", "volumeMode"))),
        ],
        ("networking.k8s.io", "Ingress") => [Name, new("Class", o => OrNone(Text(o, "spec", "ingressClassName"))), new("Hosts", Hosts), new("Address", IngressAddress), new("Ports", o => Count(o["spec"]?["tls"]) > 0 ? "80, 443" : "80"), Age],
        ("networking.k8s.io", "IngressClass") => [Name, new("Controller", o => Text(o, "spec", "controller")), new("Parameters", Parameters), Age],
        ("policy", "PodDisruptionBudget") =>
        [
            Name, new("Min Available", o => OrNotGiven(Text(o, "spec", "minAvailable"))), new("Max Unavailable", o => OrNotGiven(Text(o, "spec", "maxUnavailable"))),
            Number("Allowed Disruptions", o => Int(o, "status", "disruptionsAllowed")), Age,
        ],
        ("scheduling.k8s.io", "PriorityClass") =>
        [
            Name, Number("Value", o => Int(o, "value")), new("Global-Default", o => (bool?)o["globalDefault"] == true ? "true" : "false"), Age, new("PreemptionPolicy", o => Text(o, "preemptionPolicy")),
        ],
        _ => [Name, Age],
    };

    private Column[] Pods() =>
    [
        Name, new("Ready", PodCells.Ready), new("Status", PodCells.Status), new("Restarts", o => PodCells.Restarts(o, time)), Age,
        Wide("IP", o => Items(o["status"]?["podIPs"]).Select(i => Text(i, "ip")).FirstOrDefault() ?? OrNone(Text(o, "status", "podIP"))),
        Wide("Node", o => OrNone(Text(o, "spec", "nodeName"))), Wide("Nominated Node", o => OrNone(Text(o, "status", "nominatedNodeName"))), Wide("Readiness Gates", PodCells.Gates),
    ];

    private Column[] Services() =>
    [
        Name, new("Type", o => Text(o, "spec", "type")), new("Cluster-IP", o => OrNone(Text(o, "spec", "clusterIP"))), new("External-IP", External), new("Port(s)", Ports), Age,
        Wide("Selector", o => Labels(o["spec"]?["selector"])),
    ];

    private Column[] Nodes() =>
    [
        Name, new("Status", NodeStatus), new("Roles", Roles), Age, new("Version", o => Text(o, "status", "nodeInfo", "kubeletVersion")),
        Wide("Internal-IP", o => Address(o, "InternalIP")), Wide("External-IP", o => Address(o, "ExternalIP")),
        Wide("OS-Image", o => OrUnknown(Text(o, "status", "nodeInfo", "osImage"))), Wide("Kernel-Version", o => OrUnknown(Text(o, "status", "nodeInfo", "kernelVersion"))),
        Wide("Container-Runtime", o => OrUnknown(Text(o, "status", "nodeInfo", "containerRuntimeVersion"))),
    ];

    private Column[] Events() =>
    [
        new("Last Seen", o => EventAge(o, "lastTimestamp")), new("Type", o => Text(o, "type")), new("Reason", o => Text(o, "reason")),
        new("Object", o => $"{Text(o, "involvedObject", "kind").ToLowerInvariant()}/{Text(o, "involvedObject", "name")}"),
        Wide("Subobject", o => Text(o, "involvedObject", "fieldPath")), Wide("Source", o => Joined([Text(o, "source", "component"), Text(o, "source", "host")], "", ", ")),
        new("Message", o => Text(o, "message").Trim()), Wide("First Seen", o => EventAge(o, "firstTimestamp")),
        Wide("Count", o => $"{Math.Max(1, Int(o, "count"))}"), Wide("Name", o => Text(o, "metadata", "name")) with { Format = "name" },
    ];

    private string EventAge(JsonObject o, string field) =>
        Since(Text(o, field) is { Length: > 0 } told ? told : Text(o, "eventTime") is { Length: > 0 } at ? at : Text(o, "metadata", "creationTimestamp"), time);

    private static Column[] Containers(bool hasSelector)
    {
        Column[] both =
        [
            Wide("Containers", o => Joined(Items(o["spec"]?["template"]?["spec"]?["containers"]).Select(c => Text(c, "name")), "")),
            Wide("Images", o => Joined(Items(o["spec"]?["template"]?["spec"]?["containers"]).Select(c => Text(c, "image")), "")),
        ];
        return hasSelector ? [.. both, Wide("Selector", o => Cells.Selector(o["spec"]?["selector"]))] : both;
    }

    private static Column Wide(string name, Func<JsonObject, string> cell) => new(name, cell) { IsWide = true };

    private static Column Number(string name, Func<JsonObject, long> cell) => new(name, o => cell(o).ToString(CultureInfo.InvariantCulture));
}
