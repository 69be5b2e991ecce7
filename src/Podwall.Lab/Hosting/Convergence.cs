using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Controllers;
using Podwall.Lab.Probing;
using Podwall.Lab.Services;
using Podwall.Lab.Store;
using Podwall.Nftables.Kernel;
using Podwall.Nftables.Lowering;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>Makes a cluster what manifests say, and waits until it is so: pods ready, Services in place, policies in the kernel of every node.</summary>
internal sealed class Convergence(ObjectStore store, ClusterWrites writes, LabNetwork network, AddressPlan plan, ControlLoop controllers, ServiceProxy services, Func<CancellationToken, Task<LabCluster>> read) : IDisposable
{
    // The kernel tells nobody when the last batch of an agent is in.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5), Patience = TimeSpan.FromMinutes(2);

    // What is owned goes behind its owner.
    private static readonly ResourceType[] Prunable =
    [
        ResourceType.NetworkPolicies, ResourceType.CronJobs, ResourceType.Jobs, ResourceType.Deployments, ResourceType.StatefulSets, ResourceType.DaemonSets, ResourceType.ReplicaSets,
        ResourceType.Services, ResourceType.Pods, ResourceType.Namespaces,
    ];

    private readonly (KernelTable Table, Lowered Wanted)[] nodes =
        [.. network.Nodes.Select((space, i) => (space.Run(() => new KernelTable()), new Lowered(new($"{LabNode.Prefix}{i + 1}", plan.Used.Select(f => AddressPlan.PodRange(f, i + 1)).ToValueList(), ["pod*"]))))];

    private HashSet<(ResourceType, ObjectName)> own = [];

    /// <summary>What is there now is the lab's own and stays.</summary>
    public void Found() => own = [.. Prunable.SelectMany(t => store.View(t).Objects.Select(o => (t, o.Name)))];

    /// <summary>Puts in what the manifests say, changed as <paramref name="labels"/> say, and takes away what they do not hold.</summary>
    /// <returns>What was refused, or does not come to be; a line each.</returns>
    public async Task<IReadOnlyList<string>> BecomeAsync(IReadOnlyList<ManifestSource> sources, IReadOnlyList<JsonNode> labels, CancellationToken cancellation)
    {
        HashSet<(ResourceType, ObjectName)> wanted = [];
        var problems = ManifestLoad.Load(writes, sources, (type, name, tree) =>
        {
            wanted.Add((type, name));
            foreach (var change in labels)
                LabControl.Apply(change, type.Kind, name, tree);
        });
        if (problems.Count > 0)
            return problems;
        // A namespace need not be written down to be wanted.
        var homes = wanted.Select(w => w.Item2.Namespace).ToHashSet(StringComparer.Ordinal);
        foreach (var type in Prunable)
            foreach (var item in store.View(type).Objects.Select(o => ClusterObject.Of(type, o)).ToArray())
                if (item.ControllerUid is null && !wanted.Contains((type, item.Name)) && !own.Contains((type, item.Name)) && !(type == ResourceType.Namespaces && homes.Contains(item.Name.Name)))
                    writes.Delete(type, item.Name, Deletion.AtOnce);
        return await SettleAsync(cancellation);
    }

    /// <summary>Waits until everything is as it shall be; gives what is not so in time.</summary>
    public async Task<IReadOnlyList<string>> SettleAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        while (true)
        {
            ClusterView view = new(store);
            var missing = Unready(view).ToList();
            if (missing.Count == 0 && !(controllers.IsQuiet && services.IsQuiet))
                missing.Add("the controllers are not done");
            if (missing.Count == 0)
                missing.AddRange(await NotInForceAsync(cancellation));
            if (missing.Count == 0)
                return [];
            await Task.WhenAny(view.Changed, Task.Delay(Glance, limit.Token));
            cancellation.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested)
                return missing;
        }
    }

    public void Dispose()
    {
        foreach (var (table, _) in nodes)
            table.Dispose();
    }

    private static IEnumerable<string> Unready(ClusterView view)
    {
        foreach (var pod in view[ResourceType.Pods])
            if (pod.IsGoing || IsOrphan(pod, view))
                yield return $"pod {pod.Name} does not go";
            else if (!pod.IsFinished && !pod.IsReady)
                yield return $"pod {pod.Name} is not ready";
        foreach (var type in new[] { ResourceType.Deployments, ResourceType.StatefulSets })
            foreach (var workload in view[type].Where(w => w.Int("status", "readyReplicas") < (w.IntOrNone("spec", "replicas") ?? 1)))
                yield return $"{type.Kind} {workload.Name} has {workload.Int("status", "readyReplicas")} ready pods";
        foreach (var ns in view[ResourceType.Namespaces].Where(n => n.IsGoing))
            yield return $"namespace {ns.Name.Name} does not go";
    }

    private static bool IsOrphan(ClusterObject pod, ClusterView view) => pod.ControllerUid is { } owner && view.All.All(o => o.Uid != owner);

    // What the engine wants of each node is what its kernel holds.
    private async Task<IEnumerable<string>> NotInForceAsync(CancellationToken cancellation)
    {
        var compiled = Compiled.Compile((await read(cancellation)).Snapshot);
        foreach (var (_, wanted) in nodes)
            wanted.Update(compiled);
        return nodes.Select((n, i) => (n, i)).Where(n => !n.n.Table.IsWhole() || n.n.Table.Differences(n.n.Wanted.Contents).Count > 0).Select(n => $"the policies are not in force on {LabNode.Prefix}{n.i + 1}");
    }
}
