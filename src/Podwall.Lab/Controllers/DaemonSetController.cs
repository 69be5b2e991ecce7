using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>Keeps one pod on each node that would have it.</summary>
internal sealed class DaemonSetController : IController
{
    private const string Component = "daemonset-controller";

    // What a daemon is there for goes on on a node that is closed to others, or not well.
    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("not-ready", "NoSchedule"), ("disk-pressure", "NoSchedule"), ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"),
        ("unschedulable", "NoSchedule"),
    ];

    public void Reconcile(Pass pass) => pass.Each(Component, ResourceType.DaemonSets, set => Reconcile(pass, set));

    private static void Reconcile(Pass pass, ClusterObject set)
    {
        var template = DaemonPod(set);
        var spec = template["spec"];
        var pods = pass.Claimed(set, ResourceType.Pods).ToLookup(NodeOf);
        var nodes = pass.View[ResourceType.Nodes].Where(n => !n.IsGoing && (NodeFit.Obstacle(spec, n) is null || (pods.Contains(n.Name.Name) && NodeFit.Keeps(spec, n)))).Select(n => n.Name.Name).ToList();
        var kept = nodes.SelectMany(n => pods[n].Where(p => p.IsActive).OrderBy(p => p.Created).ThenBy(p => p.Name).Take(1)).ToList();
        Report(pass, set, nodes, kept, pods);
        foreach (var pod in pods.SelectMany(p => p).Where(p => !p.IsGoing).Except(kept))
            Drop(pass, set, pod);
        foreach (var node in nodes.Where(n => !pods[n].Any()))
            PodTemplate.Make(pass, set, OnNode(template, node), Component, name => $"Created pod: {name}");
        if (set.Text("spec", "updateStrategy", "type") != "OnDelete")
            Update(pass, set, nodes.Count, kept);
    }

    private static void Update(Pass pass, ClusterObject set, int wanted, List<ClusterObject> kept)
    {
        var available = kept.Where(p => pass.IsAvailable(p, set.Int("spec", "minReadySeconds"))).ToList();
        var most = Math.Max(1, RollingPace.Part(set.Text("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), wanted, double.Ceiling));
        var spare = Math.Max(0, most - (wanted - available.Count));
        var old = kept.Where(p => p.Labels[PodTemplate.RevisionLabel] != PodTemplate.Hash(set.Template)).ToList();
        // What does not serve anyway costs nothing.
        foreach (var pod in old.Except(available).Concat(old.Intersect(available).Take(spare)))
            Drop(pass, set, pod);
    }

    private static void Drop(Pass pass, ClusterObject set, ClusterObject pod) => PodTemplate.Drop(pass, set, pod, Component, name => $"Deleted pod: {name}");

    private static void Report(Pass pass, ClusterObject set, List<string> nodes, List<ClusterObject> kept, ILookup<string, ClusterObject> pods)
    {
        var available = pass.Available(kept, set.Int("spec", "minReadySeconds"));
        var (ready, updated) = (kept.Count(p => p.IsReady), kept.Count(p => p.Labels[PodTemplate.RevisionLabel] == PodTemplate.Hash(set.Template)));
        var astray = pods.Where(p => !nodes.Contains(p.Key)).Sum(p => p.Count(o => o.IsActive));
        pass.Writes.ChangeStatus(set, status =>
        {
            status.Observe(set, ("currentNumberScheduled", kept.Count), ("numberMisscheduled", astray), ("desiredNumberScheduled", nodes.Count), ("numberReady", ready));
            status.Count(("updatedNumberScheduled", updated), ("numberAvailable", available), ("numberUnavailable", nodes.Count - available));
        });
    }

    private static JsonObject DaemonPod(ClusterObject set)
    {
        var pod = PodTemplate.Pod(set);
        Api.ObjectRules.LabelsOf((JsonObject)pod["metadata"]!)[PodTemplate.RevisionLabel] = PodTemplate.Hash(set.Template);
        var spec = (JsonObject)pod["spec"]!;
        if (spec["tolerations"] is not JsonArray tolerations)
            spec["tolerations"] = tolerations = [];
        foreach (var (key, effect) in Tolerated)
            tolerations.Add((JsonNode)new JsonObject { ["key"] = $"node.kubernetes.io/{key}", ["operator"] = "Exists", ["effect"] = effect });
        return pod;
    }

    // The scheduler binds it, as every pod, but has no choice.
    private static JsonObject OnNode(JsonObject template, string node)
    {
        var pod = (JsonObject)template.DeepClone();
        var spec = (JsonObject)pod["spec"]!;
        var affinity = spec["affinity"] as JsonObject ?? [];
        var ofNodes = affinity["nodeAffinity"] as JsonObject ?? [];
        ofNodes["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject
        {
            ["nodeSelectorTerms"] = new JsonArray(new JsonObject { ["matchFields"] = new JsonArray(new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node) }) }),
        };
        affinity["nodeAffinity"] = ofNodes;
        spec["affinity"] = affinity;
        return pod;
    }

    private static string NodeOf(ClusterObject pod)
    {
        var terms = pod.Spec?["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]?["nodeSelectorTerms"];
        return pod.Node.Length > 0 ? pod.Node : Cells.Items(terms).SelectMany(t => Cells.Items(t["matchFields"])).SelectMany(f => Cells.Items<JsonValue>(f["values"])).Select(v => v.ToString()).FirstOrDefault() ?? "";
    }
}
