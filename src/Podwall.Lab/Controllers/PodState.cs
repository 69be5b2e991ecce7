using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>What controllers ask of a pod.</summary>
internal static class PodState
{
    extension(ClusterObject pod)
    {
        /// <summary>Empty where no node has it yet.</summary>
        public string Node => pod.Text("spec", "nodeName");

        public string Phase => pod.Text("status", "phase");

        public bool IsFinished => pod.Phase is "Succeeded" or "Failed";

        /// <summary>It runs or will run; one that is going or has ended must be replaced.</summary>
        public bool IsActive => !pod.IsFinished && !pod.IsGoing;

        public bool IsReady => pod.Has("Ready");

        public bool IsHealthy => pod.IsActive && pod.IsReady;

        public IEnumerable<string> Addresses => Cells.Items(pod.Status?["podIPs"]).Select(i => Cells.Text(i, "ip")).DefaultIfEmpty(pod.Text("status", "podIP")).Where(a => a.Length > 0);

        public IEnumerable<JsonObject> Containers => Cells.Items(pod.Spec?["initContainers"]).Where(c => Cells.Text(c, "restartPolicy") == "Always").Concat(Cells.Items(pod.Spec?["containers"]));

        public DateTimeOffset ReadySince => ClusterObject.MomentOf(Cells.Text(pod.Condition("Ready"), "lastTransitionTime")) ?? pod.Created;

        public long Restarts => Cells.Items(pod.Status?["containerStatuses"]).Sum(s => Cells.Int(s, "restartCount"));
    }

    /// <summary>How many have been ready for long enough to be counted on; the pass comes again when one will have been.</summary>
    public static int Available(this Pass pass, IEnumerable<ClusterObject> pods, int minReadySeconds) => pods.Count(pod => pass.IsAvailable(pod, minReadySeconds));

    public static bool IsAvailable(this Pass pass, ClusterObject pod, int minReadySeconds)
    {
        if (!pod.IsHealthy)
            return false;
        if (minReadySeconds == 0 || pod.ReadySince.AddSeconds(minReadySeconds) is var due && due <= pass.Now)
            return true;
        pass.WakeAt(due);
        return false;
    }
}
