using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>Whether a node would have a pod: what the pod asks of nodes, and which pods the node keeps away.</summary>
internal static class NodeFit
{
    private const string NoSchedule = "NoSchedule", NoExecute = "NoExecute", Cordon = "node.kubernetes.io/unschedulable", NotReady = "node.kubernetes.io/not-ready";

    /// <summary>Whether the pod's node selector and its required affinity take the node.</summary>
    public static bool Matches(JsonNode? pod, ClusterObject node)
    {
        if (!Selectors.OfMap(pod?["nodeSelector"]).Selects(node.Labels))
            return false;
        var required = pod?["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"];
        return required is null || Cells.Items(required["nodeSelectorTerms"]).Any(t => Matches(t, node));
    }

    /// <summary>Why a new pod does not go to the node, in a scheduler's words; null where it may.</summary>
    public static string? Obstacle(JsonNode? pod, ClusterObject node) => Repelling(pod, node, NoSchedule, NoExecute) switch
    {
        { Key: Cordon } => "node(s) were unschedulable",
        { } taint => $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}",
        _ => Matches(pod, node) ? null : "node(s) didn't match Pod's node affinity/selector",
    };

    /// <summary>Whether a pod that is there may stay.</summary>
    public static bool Keeps(JsonNode? pod, ClusterObject node) => Matches(pod, node) && Repelling(pod, node, NoExecute) is null;

    private static Taint? Repelling(JsonNode? pod, ClusterObject node, params ReadOnlySpan<string> effects)
    {
        foreach (var taint in TaintsOf(node))
            if (effects.Contains(taint.Effect) && !Cells.Items(pod?["tolerations"]).Any(t => Tolerates(t, taint)))
                return taint;
        return null;
    }

    // What a node says of itself keeps pods away as a taint does.
    private static IEnumerable<Taint> TaintsOf(ClusterObject node)
    {
        if (node.Text("spec", "unschedulable") == "true")
            yield return new(Cordon, "", NoSchedule);
        if (!node.Has("Ready"))
            yield return new(NotReady, "", NoSchedule);
        foreach (var taint in Cells.Items(node.Spec?["taints"]))
            yield return new(Cells.Text(taint, "key"), Cells.Text(taint, "value"), Cells.Text(taint, "effect"));
    }

    private static bool Tolerates(JsonObject toleration, Taint taint)
    {
        var (key, effect, isAny) = (Cells.Text(toleration, "key"), Cells.Text(toleration, "effect"), Cells.Text(toleration, "operator") == "Exists");
        return (effect.Length == 0 || effect == taint.Effect) && ((key.Length == 0 && isAny) || (key == taint.Key && (isAny || Cells.Text(toleration, "value") == taint.Value)));
    }

    private static bool Matches(JsonObject term, ClusterObject node)
    {
        var (labels, fields) = (Cells.Items(term["matchExpressions"]).ToList(), Cells.Items(term["matchFields"]).ToList());
        return labels.Count + fields.Count > 0 && labels.All(t => Selectors.OfTerm(t).Holds(node.Labels))
            && fields.All(t => Cells.Text(t, "key") == "metadata.name" && Selectors.OfTerm(t).HoldsFor(node.Name.Name));
    }

    private sealed record Taint(string Key, string Value, string Effect);
}
