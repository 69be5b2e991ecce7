using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Controllers;

/// <summary>Leads a deployment from one template to the next, by the sizes of the replica sets of each.</summary>
internal sealed class DeploymentController : IController
{
    private const string Component = "deployment-controller";

    public void Reconcile(Pass pass) => pass.Each(Component, ResourceType.Deployments, deployment => Reconcile(pass, deployment));

    private static void Reconcile(Pass pass, ClusterObject deployment)
    {
        var revisions = Revisions.Of(deployment, pass.Claimed(deployment, ResourceType.ReplicaSets));
        DeploymentStatus.Report(pass, deployment, revisions);
        if (deployment.Text("spec", "paused") == "true")
        {
            // What is between two revisions stays there; only a settled one follows its size.
            if (revisions.All.Where(s => s.Int("spec", "replicas") > 0).ToList() is [var only])
                Scale(pass, deployment, only, deployment.Int("spec", "replicas"));
            return;
        }

        if (revisions.Current is null)
        {
            if (deployment.Text("spec", "strategy", "type") == "Recreate" && !HasStopped(pass, deployment, revisions))
                return;
            // Its pods are wanted in the next pass, when it is there to be seen.
            pass.Writes.Create(ResourceType.ReplicaSets, deployment.Name.Namespace, revisions.Next(deployment));
            return;
        }

        revisions.Renumber(pass, deployment);
        if (deployment.Text("spec", "strategy", "type") != "Recreate")
            Roll(pass, deployment, revisions);
        else if (HasStopped(pass, deployment, revisions))
            Scale(pass, deployment, revisions.Current, deployment.Int("spec", "replicas"));
        revisions.Prune(pass, deployment.IntOrNone("spec", "revisionHistoryLimit") ?? 10);
    }

    // Whether nothing of the earlier revisions runs any more, which it sees to.
    private static bool HasStopped(Pass pass, ClusterObject deployment, Revisions revisions)
    {
        foreach (var set in revisions.Old)
            Scale(pass, deployment, set, 0);
        return !revisions.Old.Any(s => s.Int("spec", "replicas") > 0 || pass.View.ControlledBy(s, ResourceType.Pods).Any(p => !p.IsFinished));
    }

    private static void Roll(Pass pass, ClusterObject deployment, Revisions revisions)
    {
        var (current, wanted) = (revisions.Current!, deployment.Int("spec", "replicas"));
        var (surge, unavailable) = RollingPace.Of(deployment, wanted);
        var size = current.Int("spec", "replicas");
        var grown = Math.Min(wanted, size + Math.Max(0, wanted + surge - revisions.Wanted));
        if (size != grown)
        {
            Scale(pass, deployment, current, grown);
            return;
        }

        // Pods of the new revision that do not serve yet are not to be counted on.
        var least = wanted - unavailable;
        var spare = revisions.Wanted - least - Math.Max(0, size - current.Int("status", "availableReplicas"));
        foreach (var set in revisions.Old)
        {
            var broken = Math.Min(spare, set.Int("spec", "replicas") - set.Int("status", "availableReplicas"));
            if (broken <= 0)
                continue;
            Scale(pass, deployment, set, set.Int("spec", "replicas") - broken);
            return;
        }

        spare = Math.Min(spare, revisions.Count("availableReplicas") - least);
        foreach (var set in revisions.Old)
        {
            var fewer = Math.Min(spare, set.Int("spec", "replicas"));
            if (fewer <= 0)
                continue;
            Scale(pass, deployment, set, set.Int("spec", "replicas") - fewer);
            spare -= fewer;
        }
    }

    private static void Scale(Pass pass, ClusterObject deployment, ClusterObject set, int size)
    {
        var before = set.Int("spec", "replicas");
        if (before == size)
            return;
        pass.Writes.Change(set.Type, set.Name, tree => tree["spec"]!["replicas"] = size);
        pass.Report(deployment, new(Component, "ScalingReplicaSet", $"Scaled {(size > before ? "up" : "down")} replica set {set.Name.Name} from {before} to {size}"));
    }
}
