using System.Text;
using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Workloads;
using Podwall.Policy;

namespace Podwall.Benchmarks.Rows;

/// <summary>A cluster as the client knows it, and what an API server would send of each change.</summary>
internal sealed class WatchBytes
{
    private readonly ClusterState state = new();
    private readonly PodDecoder pods = new();
    private readonly TreeDecoder trees = new();

    public WatchBytes(Snapshot snapshot)
    {
        foreach (var item in WireObjects.Of(snapshot))
            Put(item.Type, item.Json.Span);
        Snapshot = state.Take();
    }

    public Snapshot Snapshot { get; }

    /// <summary>The events of the difference, each a line of a watch.</summary>
    public static List<(ResourceType Type, byte[] Line)> Between(Snapshot before, Snapshot after)
    {
        List<(ResourceType, byte[])> events = [];
        var hosts = WireObjects.Hosts(after);
        foreach (var (old, now) in before.Namespaces.Zip(after.Namespaces).Where(b => !ReferenceEquals(b.First, b.Second)))
        {
            if (!old.Labels.Equals(now.Labels))
                events.Add((ResourceType.Namespaces, Line("MODIFIED", WireObjects.Of(now))));
            Compare(old.Pods, now.Pods, p => p.Id, pod => PodWire.Of(pod, hosts), ResourceType.Pods);
            Compare(old.Policies, now.Policies, p => p.Id, WireObjects.Of, ResourceType.NetworkPolicies);
        }

        return events;

        void Compare<T, TKey>(ValueList<T> old, ValueList<T> now, Func<T, TKey> idOf, Func<T, WireObject> wire, ResourceType type)
            where T : class
            where TKey : notnull
        {
            var known = old.ToDictionary(idOf);
            foreach (var item in now.AsEnumerable())
                if (!known.Remove(idOf(item), out var earlier))
                    events.Add((type, Line("ADDED", wire(item))));
                else if (!ReferenceEquals(earlier, item))
                    events.Add((type, Line("MODIFIED", wire(item))));
            foreach (var gone in known.Values)
                events.Add((type, Line("DELETED", wire(gone))));
        }
    }

    /// <summary>Reads events, and gives the cluster after them.</summary>
    public Snapshot Take(IEnumerable<(ResourceType Type, byte[] Line)> events)
    {
        foreach (var (type, line) in events)
        {
            var told = WatchEvent.Parse(line);
            if (told.Type == WatchEventType.Deleted)
                Remove(type, told.Object);
            else
                Put(type, told.Object);
        }

        return state.Take();
    }

    private static byte[] Line(string type, WireObject item) => [.. Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"), .. item.Json.Span, (byte)'}'];

    private void Put(ResourceType type, ReadOnlySpan<byte> json)
    {
        if (type == ResourceType.Pods && pods.Decode(json).Value is { } pod)
            state.PutPod(pod);
        else if (type == ResourceType.NetworkPolicies)
            state.PutPolicy(trees.EnginePolicy(json).Value);
        else if (type == ResourceType.Namespaces && trees.Namespace(json) is var ns)
            state.PutNamespace(ns.Key.Name, ns.Value);
        else if (type == ResourceType.Nodes)
            state.PutNode(trees.Node(json).Value);
    }

    private void Remove(ResourceType type, ReadOnlySpan<byte> json)
    {
        if (type == ResourceType.Pods)
            state.RemovePod(pods.Decode(json).Key);
        else
            state.RemovePolicy(trees.EnginePolicy(json).Key);
    }
}
