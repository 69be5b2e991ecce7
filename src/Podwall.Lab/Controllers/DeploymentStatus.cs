using System.Text.Json.Nodes;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>What a deployment says about itself: how many pods there are of which kind, whether they suffice, and whether it gets on.</summary>
internal static class DeploymentStatus
{
    // Without a deadline, as who leaves it out on purpose has written it.
    private const int Never = int.MaxValue;

    public static void Report(Pass pass, ClusterObject deployment, Revisions revisions)
    {
        var wanted = deployment.Int("spec", "replicas");
        var (replicas, available, updated) = (revisions.Count("replicas"), revisions.Count("availableReplicas"), revisions.Current?.Int("status", "replicas") ?? 0);
        var least = deployment.Text("spec", "strategy", "type") == "Recreate" ? wanted : wanted - RollingPace.Of(deployment, wanted).Unavailable;
        (string, int)[] counts = [("replicas", replicas), ("updatedReplicas", updated), ("readyReplicas", revisions.Count("readyReplicas")), ("availableReplicas", available), ("unavailableReplicas", Math.Max(0, Math.Max(replicas, wanted) - available))];
        var isComplete = updated == wanted && replicas == wanted && available == wanted && revisions.Wanted == wanted && revisions.Current is not null;
        // Fewer of the old or more of the new: things move.
        var hasMoved = updated > deployment.Int("status", "updatedReplicas") || replicas - updated < deployment.Int("status", "replicas") - deployment.Int("status", "updatedReplicas")
            || available > deployment.Int("status", "availableReplicas");
        var progress = Progress(pass, deployment, revisions, isComplete, hasMoved);
        pass.Writes.ChangeStatus(deployment, status =>
        {
            status.Observe(deployment);
            status.Count(counts);
            Say(status, available >= least
                ? new("Available", WantedCondition.True, "MinimumReplicasAvailable", "Enough pods are available.")
                : new("Available", WantedCondition.False, "MinimumReplicasUnavailable", "Too few pods are available."), pass.Now);
            Say(status, progress, pass.Now);
            if (hasMoved && !isComplete && Cells.Items(status["conditions"]).FirstOrDefault(c => Cells.Text(c, "type") == progress.Type) is { } condition)
                condition["lastUpdateTime"] = ObjectRules.TimeText(pass.Now);
        });
    }

    private static WantedCondition Progress(Pass pass, ClusterObject deployment, Revisions revisions, bool isComplete, bool hasMoved)
    {
        const string Type = "Progressing";
        if (deployment.Text("spec", "paused") == "true")
            return new(Type, WantedCondition.Unknown, "DeploymentPaused", "The deployment is paused.");
        if (revisions.Current is not { } current)
            return new(Type, WantedCondition.True, "ReplicaSetUpdated", "The pods of earlier templates come to their end.");
        var set = $"ReplicaSet \"{current.Name.Name}\"";
        if (isComplete)
            return new(Type, WantedCondition.True, "NewReplicaSetAvailable", $"{set} has all its pods.");
        WantedCondition going = new(Type, WantedCondition.True, "ReplicaSetUpdated", $"{set} is progressing."), stuck = new(Type, WantedCondition.False, "ProgressDeadlineExceeded", $"{set} makes no progress any more.");
        var deadline = deployment.IntOrNone("spec", "progressDeadlineSeconds") ?? Never;
        var condition = deployment.Condition(Type);
        if (hasMoved || deadline == Never || deployment.Int("status", "observedGeneration") < deployment.Int("metadata", "generation") || ClusterObject.MomentOf(Cells.Text(condition, "lastUpdateTime")) is not { } last)
            return going;
        if (Cells.Text(condition, "reason") is not ("ReplicaSetUpdated" or "ProgressDeadlineExceeded"))
            return going;
        if (last.AddSeconds(deadline) <= pass.Now || Cells.Text(condition, "reason") == stuck.Reason)
            return stuck;
        pass.WakeAt(last.AddSeconds(deadline));
        return going;
    }

    private static void Say(JsonObject status, WantedCondition wanted, DateTimeOffset now)
    {
        if (status.Say(wanted, now) is { } changed)
            changed["lastUpdateTime"] = ObjectRules.TimeText(now);
    }
}
