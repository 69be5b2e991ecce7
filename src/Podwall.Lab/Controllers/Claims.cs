using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>Which objects a workload controls: those that bear its mark and its labels. It adopts those without a mark, and lets go those without the labels.</summary>
internal static class Claims
{
    public static List<ClusterObject> Claimed(this Pass pass, ClusterObject owner, ResourceType type)
    {
        List<ClusterObject> claimed = [];
        var selector = owner.Selects;
        foreach (var item in pass.View.ControlledBy(owner, type))
            if (item.IsGoing || selector is null || selector.Selects(item.Labels))
                claimed.Add(item);
            else
                pass.Writes.Change(type, item.Name, tree => LetGo(tree, owner.Uid));
        // An empty selector would take in the whole namespace.
        if (selector is not { Requirements.Count: > 0 })
            return claimed;
        foreach (var item in pass.View.Uncontrolled(type).Where(o => !o.IsGoing && o.Name.Namespace == owner.Name.Namespace && selector.Selects(o.Labels)))
        {
            pass.Writes.Change(type, item.Name, tree => Adopt(tree, owner));
            claimed.Add(item);
        }

        return claimed;
    }

    private static void LetGo(JsonObject tree, string uid) => (tree["metadata"]!["ownerReferences"] as JsonArray)?.RemoveAll(o => Cells.Text(o, "uid") == uid);

    private static void Adopt(JsonObject tree, ClusterObject owner)
    {
        var metadata = ObjectRules.MetadataOf(tree);
        if (metadata["ownerReferences"] is not JsonArray owners)
            metadata["ownerReferences"] = owners = [];
        if (!owners.Any(o => Cells.Text(o, "controller") == "true"))
            owners.Add(PodTemplate.OwnerReference(owner));
    }
}
