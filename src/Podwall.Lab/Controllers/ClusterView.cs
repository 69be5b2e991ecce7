using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Controllers;

/// <summary>What is in the store at the beginning of a pass, and what completes when it is no longer so.</summary>
internal sealed class ClusterView
{
    // What is owned is looked at before what owns it: an owner that is not there any more is gone for good.
    public static ValueList<ResourceType> Kinds { get; } =
    [
        ResourceType.Pods, ResourceType.EndpointSlices, ResourceType.ReplicaSets, ResourceType.Deployments, ResourceType.StatefulSets, ResourceType.DaemonSets, ResourceType.Jobs,
        ResourceType.CronJobs, ResourceType.Services, ResourceType.ConfigMaps, ResourceType.Secrets, ResourceType.ServiceAccounts, ResourceType.NetworkPolicies, ResourceType.Nodes, ResourceType.Namespaces,
    ];

    private readonly Dictionary<ResourceType, IReadOnlyList<ClusterObject>> objects = [];
    private readonly Dictionary<ResourceType, ILookup<string, ClusterObject>> controlled = [];

    public ClusterView(ObjectStore store)
    {
        List<Task> changes = [];
        foreach (var type in Kinds)
        {
            var view = store.View(type);
            var (since, _, changed) = store.Read(type, view.NextEvent);
            changes.Add(since.Length > 0 ? Task.CompletedTask : changed);
            objects[type] = [.. view.Objects.Select(o => ClusterObject.Of(type, o))];
        }

        Changed = Task.WhenAny(changes);
    }

    public Task Changed { get; }

    public IEnumerable<ClusterObject> All => objects.Values.SelectMany(o => o);

    public IReadOnlyList<ClusterObject> this[ResourceType type] => objects[type];

    /// <summary>Those of a kind that an object controls.</summary>
    public IEnumerable<ClusterObject> ControlledBy(ClusterObject owner, ResourceType type) => Controlled(type)[owner.Uid];

    /// <summary>Those of a kind that nothing controls.</summary>
    public IEnumerable<ClusterObject> Uncontrolled(ResourceType type) => Controlled(type)[""];

    private ILookup<string, ClusterObject> Controlled(ResourceType type)
    {
        if (!controlled.TryGetValue(type, out var lookup))
            controlled[type] = lookup = objects[type].ToLookup(o => o.ControllerUid ?? "");
        return lookup;
    }
}
