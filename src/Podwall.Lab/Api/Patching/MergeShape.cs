using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Api.Patching;

/// <summary>
/// The lists of a kind that a strategic merge merges: <c>patchStrategy</c> and <c>patchMergeKey</c> of the API's types.
/// Every list that is not named is replaced whole, those of a NetworkPolicy among them.
/// </summary>
internal sealed class MergeShape
{
    private readonly Dictionary<string, (string? Key, MergeShape Shape)> members;

    private MergeShape(params (string Field, string? Key, MergeShape? Shape)[] members) =>
        this.members = members.ToDictionary(m => m.Field, m => (m.Key, m.Shape ?? Flat), StringComparer.Ordinal);

    /// <summary>Nothing but lists that are replaced, at any depth.</summary>
    public static MergeShape Flat { get; } = new();

    private static readonly MergeShape Metadata = new(List("finalizers", ""), List("ownerReferences", "uid"));

    private static readonly MergeShape Conditions = new(List("conditions", "type"));

    private static readonly MergeShape Container = new(
        List("ports", "containerPort"), List("env", "name"), List("volumeMounts", "mountPath"), List("volumeDevices", "devicePath"));

    private static readonly MergeShape PodSpec = new(
        List("containers", "name", Container), List("initContainers", "name", Container), List("ephemeralContainers", "name", Container),
        List("volumes", "name"), List("imagePullSecrets", "name"), List("hostAliases", "ip"), List("topologySpreadConstraints", "topologyKey"),
        List("resourceClaims", "name"), List("schedulingGates", "name"));

    private static readonly MergeShape PodStatus = new(List("conditions", "type"), List("podIPs", "ip"), List("hostIPs", "ip"), List("resourceClaimStatuses", "name"));

    private static readonly MergeShape WorkloadSpec = new(Map("template", new(Map("metadata", Metadata), Map("spec", PodSpec))));

    private static readonly MergeShape Plain = Top();

    private static readonly MergeShape Pod = Top(Map("spec", PodSpec), Map("status", PodStatus));

    private static readonly MergeShape Workload = Top(Map("spec", WorkloadSpec), Map("status", Conditions));

    private static readonly MergeShape CronJob = Top(Map("spec", new(Map("jobTemplate", new(Map("metadata", Metadata), Map("spec", WorkloadSpec))))));

    private static readonly MergeShape Service = Top(Map("spec", new(List("ports", "port"))), Map("status", Conditions));

    private static readonly MergeShape Node = Top(Map("spec", new(List("podCIDRs", ""))), Map("status", new(List("conditions", "type"), List("addresses", "type"))));

    private static readonly MergeShape Namespace = Top(Map("status", Conditions));

    private static readonly MergeShape ServiceAccount = Top(List("secrets", "name"));

    public static MergeShape Of(ResourceType resource) => (resource.Group, resource.Kind) switch
    {
        ("", "Pod") => Pod,
        ("", "Service") => Service,
        ("", "Node") => Node,
        ("", "Namespace") => Namespace,
        ("", "ServiceAccount") => ServiceAccount,
        ("apps", "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet") or ("batch", "Job") => Workload,
        ("batch", "CronJob") => CronJob,
        _ => Plain,
    };

    /// <summary>What tells the items of a list apart: the name of their field, empty where they are plain values; null where the list is replaced.</summary>
    public string? KeyOf(string field) => members.TryGetValue(field, out var member) ? member.Key : null;

    /// <summary>The lists below a field, or below each item of a list.</summary>
    public MergeShape Below(string field) => members.TryGetValue(field, out var member) ? member.Shape : Flat;

    private static MergeShape Top(params (string, string?, MergeShape?)[] members) => new([Map("metadata", Metadata), .. members]);

    private static (string, string?, MergeShape?) List(string field, string key, MergeShape? items = null) => (field, key, items);

    private static (string, string?, MergeShape?) Map(string field, MergeShape shape) => (field, null, shape);
}
