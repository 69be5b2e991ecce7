using System.Text.Json.Nodes;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>What is owned goes when the last of its owners has gone.</summary>
internal sealed class GarbageCollector : IController
{
    public void Reconcile(Pass pass)
    {
        var living = pass.View.All.Select(o => o.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var type in ClusterView.Kinds)
            pass.Each("garbage collector", type, item =>
            {
                if (item.Owners.Count > 0 && item.Owners.All(o => IsGone(o, living)))
                    pass.Writes.Delete(type, item.Name, Deletion.Usual with { Uid = item.Uid });
            });
    }

    // An owner of a kind that is not held here is not known to be gone.
    private static bool IsGone(JsonObject owner, HashSet<string> living) =>
        !living.Contains(Cells.Text(owner, "uid")) && ClusterView.Kinds.Any(k => k.Kind == Cells.Text(owner, "kind") && k.ApiVersion == Cells.Text(owner, "apiVersion"));
}
