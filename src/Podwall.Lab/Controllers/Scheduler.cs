using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Controllers;

/// <summary>Gives each pod a node: of those that would have it, the one with the fewest pods.</summary>
internal sealed class Scheduler : IController
{
    private const string Component = "default-scheduler";

    public void Reconcile(Pass pass)
    {
        Dictionary<string, int>? crowd = null;
        pass.Each(Component, ResourceType.Pods, pod =>
        {
            if (pod.Node.Length > 0 || pod.IsFinished || pod.Text("spec", "schedulerName") is not ("" or Component) || Api.Tables.Cells.Count(pod.Spec?["schedulingGates"]) > 0)
                return;
            crowd ??= pass.View[ResourceType.Pods].Where(p => p.Node.Length > 0 && !p.IsFinished).CountBy(p => p.Node).ToDictionary(StringComparer.Ordinal);
            Place(pass, pod, crowd);
        });
    }

    private static void Place(Pass pass, ClusterObject pod, Dictionary<string, int> crowd)
    {
        var nodes = pass.View[ResourceType.Nodes].Where(n => !n.IsGoing).Select(n => (Node: n, Obstacle: NodeFit.Obstacle(pod.Spec, n) ?? (IsFull(n, crowd) ? "Too many pods" : null))).ToList();
        if (nodes.Where(n => n.Obstacle is null).MinBy(n => (crowd.GetValueOrDefault(n.Node.Name.Name), n.Node.Name)).Node is not { } chosen)
        {
            Refuse(pass, pod, nodes.Count == 0 ? "no nodes available to schedule pods" : $"0/{nodes.Count} nodes are available: {Listed(nodes.Select(n => n.Obstacle!))}.");
            return;
        }

        var name = chosen.Name.Name;
        // A kubelet takes what has a node, so that is said last.
        pass.Writes.ChangeStatus(pod, status => status.Say(new("PodScheduled", WantedCondition.True, "", ""), pass.Now));
        pass.Writes.Change(pod.Type, pod.Name, tree => tree["spec"]!["nodeName"] = name);
        crowd[name] = crowd.GetValueOrDefault(name) + 1;
        pass.Report(pod, new(Component, "Scheduled", $"Successfully assigned {pod.Name.Namespace}/{pod.Name.Name} to {name}"));
    }

    private static void Refuse(Pass pass, ClusterObject pod, string why)
    {
        if (Api.Tables.Cells.Text(pod.Condition("PodScheduled"), "message") == why)
            return;
        pass.Writes.ChangeStatus(pod, status => status.Say(new("PodScheduled", WantedCondition.False, "Unschedulable", why), pass.Now));
        pass.Report(pod, new(Component, "FailedScheduling", why) { Severity = EventSeverity.Warning });
    }

    private static bool IsFull(ClusterObject node, Dictionary<string, int> crowd) =>
        node.IntOrNone("status", "allocatable", "pods") is { } most && crowd.GetValueOrDefault(node.Name.Name) >= most;

    private static string Listed(IEnumerable<string> obstacles) => string.Join(", ", obstacles.CountBy(o => o).Select(o => $"{o.Value} {o.Key}").Order(StringComparer.Ordinal));
}
