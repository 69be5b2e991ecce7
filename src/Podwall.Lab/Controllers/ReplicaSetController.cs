using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>Keeps as many pods of a template as are wanted.</summary>
internal sealed class ReplicaSetController : IController
{
    private const string Component = "replicaset-controller";

    public void Reconcile(Pass pass) => pass.Each(Component, ResourceType.ReplicaSets, set => Reconcile(pass, set));

    private static void Reconcile(Pass pass, ClusterObject set)
    {
        var active = pass.Claimed(set, ResourceType.Pods).Where(p => p.IsActive).ToList();
        var missing = set.Int("spec", "replicas") - active.Count;
        Report(pass, set, active);
        for (var made = 0; made < missing; made++)
            PodTemplate.Make(pass, set, PodTemplate.Pod(set), Component, name => $"Created pod: {name}");
        if (missing < 0)
            foreach (var pod in Dispensable(active).Take(-missing))
                PodTemplate.Drop(pass, set, pod, Component, name => $"Deleted pod: {name}");
    }

    private static void Report(Pass pass, ClusterObject set, List<ClusterObject> active)
    {
        var template = Selectors.OfMap(set.Spec?["template"]?["metadata"]?["labels"]);
        var (labeled, ready, available) = (active.Count(p => template.Selects(p.Labels)), active.Count(p => p.IsReady), pass.Available(active, set.Int("spec", "minReadySeconds")));
        pass.Writes.ChangeStatus(set, status =>
        {
            status.Count(("fullyLabeledReplicas", labeled), ("readyReplicas", ready), ("availableReplicas", available));
            status.Observe(set, ("replicas", active.Count));
        });
    }

    // First what is least missed: what does not run or serve yet, what shares its node with others, then what is newest.
    private static IEnumerable<ClusterObject> Dispensable(List<ClusterObject> pods)
    {
        var crowd = pods.CountBy(p => p.Node).ToDictionary();
        return pods.OrderBy(p => p.Node.Length > 0).ThenBy(p => p.Phase == "Running").ThenBy(p => p.IsReady)
            .ThenBy(p => Cells.Int(p.Tree["metadata"]!["annotations"] as JsonObject, "controller.kubernetes.io/pod-deletion-cost"))
            .ThenByDescending(p => crowd[p.Node]).ThenByDescending(p => p.ReadySince).ThenByDescending(p => p.Restarts).ThenByDescending(p => p.Created).ThenBy(p => p.Name);
    }
}
