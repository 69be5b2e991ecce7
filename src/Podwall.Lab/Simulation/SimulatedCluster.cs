using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Store;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Lab.Simulation;

/// <summary>The objects of a workload in a store, without any process behind them, and the edits of a busy cluster.</summary>
public sealed class SimulatedCluster
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly ObjectStore store;
    private readonly TimeProvider time;
    private readonly ObjectRules rules;

    private SimulatedCluster(ObjectStore store, Snapshot snapshot, TimeProvider time) =>
        (this.store, Snapshot, this.time, rules) = (store, snapshot, time, new(time));

    /// <summary>What the store holds now.</summary>
    public Snapshot Snapshot { get; private set; }

    /// <summary>How many edits were made.</summary>
    public int Edits { get; private set; }

    public static SimulatedCluster Fill(ObjectStore store, Snapshot snapshot, TimeProvider? time = null)
    {
        SimulatedCluster cluster = new(store, snapshot, time ?? TimeProvider.System);
        foreach (var item in WireObjects.Of(snapshot))
            cluster.Put(item);
        return cluster;
    }

    /// <summary>Makes edits at a rate until it is stopped; what a late tick missed is made up for at once.</summary>
    /// <param name="rate">Edits a second.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Task ChurnAsync(double rate, CancellationToken cancellation) => AtRateAsync(rate, Edit, cancellation);

    /// <summary>At a rate until it is stopped, pods are reported anew with nothing changed that a policy sees, as kubelets report them: most of what a cluster tells those who follow it.</summary>
    /// <param name="rate">Reports a second.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Task ReportAsync(double rate, CancellationToken cancellation) => AtRateAsync(rate, Report, cancellation);

    private async Task AtRateAsync(double rate, Action edit, CancellationToken cancellation)
    {
        var (started, before) = (time.GetTimestamp(), Edits);
        using PeriodicTimer timer = new(Tick, time);
        while (await timer.WaitForNextTickAsync(cancellation))
            while (Edits - before < time.GetElapsedTime(started).TotalSeconds * rate && !cancellation.IsCancellationRequested)
                edit();
    }

    /// <summary>The next edit: of 115, 100 are pods that come or go, 10 are labels and 5 policies.</summary>
    public void Edit()
    {
        Random random = new(Edits);
        var next = (Edits % 23) switch
        {
            < 20 => Edits % 2 == 0 ? Churn.AddPod(Snapshot, random, Edits) : Churn.DeletePod(Snapshot, random),
            < 22 => Churn.FlipLabel(Snapshot, random),
            _ => Churn.EditPolicy(Snapshot, random),
        };
        Edits++;
        Become(next);
    }

    private void Report()
    {
        Random random = new(Edits++);
        var block = Snapshot.Namespaces[random.Next(Snapshot.Namespaces.Count)];
        if (block.Pods.Count > 0)
            store.Write(ResourceType.Pods, new(block.Name, block.Pods[random.Next(block.Pods.Count)].Id.Name), current =>
            {
                var tree = current!.ToTree();
                tree["metadata"]!["annotations"] = new JsonObject { ["example.com/reported"] = $"{Edits}" };
                return tree;
            });
    }

    // Blocks that are the same object hold the same.
    private void Become(Snapshot next)
    {
        var hosts = WireObjects.Hosts(next);
        foreach (var (before, after) in Snapshot.Namespaces.Zip(next.Namespaces).Where(b => !ReferenceEquals(b.First, b.Second)))
        {
            if (!before.Labels.Equals(after.Labels))
                Put(WireObjects.Of(after));
            Replace(before.Pods, after.Pods, p => p.Id.Name, pod => PodWire.Of(pod, hosts), ResourceType.Pods, after.Name);
            Replace(before.Policies, after.Policies, p => p.Id.Name, WireObjects.Of, ResourceType.NetworkPolicies, after.Name);
        }

        Snapshot = next;
    }

    private void Replace<T>(ValueList<T> before, ValueList<T> after, Func<T, string> nameOf, Func<T, WireObject> wire, ResourceType type, string ns)
        where T : class
    {
        var old = before.ToDictionary(nameOf);
        foreach (var item in after.AsEnumerable())
            if (!old.Remove(nameOf(item), out var known) || !ReferenceEquals(known, item))
                Put(wire(item));
        foreach (var gone in old.Keys)
            store.Delete(type, new(ns, gone));
    }

    private void Put(WireObject item)
    {
        var resource = ServedResource.Of(item.Type);
        ObjectName name = new(item.Namespace ?? "", item.Name);
        var tree = (JsonObject)JsonNode.Parse(item.Json.Span)!;
        store.Write(item.Type, name, current => current is null
            ? rules.Born(resource, name, tree)
            : ObjectRules.Ordered(ObjectRules.Renewed(current, tree)));
    }
}
