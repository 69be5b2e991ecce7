using Podwall.Kubernetes.Client;
using Podwall.Kubernetes.Following;
using Podwall.Lab.Store;
using Podwall.Policy;
using Podwall.Tests.Lab;

namespace Podwall.Tests.Kubernetes.Following;

/// <summary>What a store holds, read without any client.</summary>
internal static class StoreTruth
{
    public static void Populate(ObjectStore store)
    {
        store.PutNamespace("apps", ("team", "a"));
        for (var i = 0; i < 5; i++)
            store.PutPod("apps", $"p{i}", $"10.0.0.{i}", ("app", $"{i}"));
        store.PutPolicy("apps", "deny", "0");
    }

    private static Snapshot Expected(ObjectStore store)
    {
        ClusterState state = new();
        TreeDecoder trees = new();
        PodDecoder pods = new();
        foreach (var item in store.View(ResourceType.Namespaces).Objects)
            state.PutNamespace(item.Name.Name, trees.Namespace(item.Json.Span).Value);
        foreach (var item in store.View(ResourceType.NetworkPolicies).Objects)
            state.PutPolicy(trees.EnginePolicy(item.Json.Span).Value);
        foreach (var item in store.View(ResourceType.Pods).Objects)
            state.PutPod(pods.Decode(item.Json.Span).Value!);
        return state.Take();
    }

    public static bool Holds(ObjectStore store, Snapshot snapshot) => Expected(store) is var expected && expected.Namespaces.Count == snapshot.Namespaces.Count
        && expected.Namespaces.Zip(snapshot.Namespaces).All(b => b.First.Means(b.Second));
}
