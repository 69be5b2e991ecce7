using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;

namespace Podwall.Lab.Controllers;

/// <summary>Keeps pods with names that stay, one after another unless they may come and go together.</summary>
internal sealed class StatefulSetController : IController
{
    private const string Component = "statefulset-controller";

    public void Reconcile(Pass pass) => pass.Each(Component, ResourceType.StatefulSets, set => new Turn(pass, set).Take());

    /// <summary>What is done for one set in one pass.</summary>
    private sealed class Turn(Pass pass, ClusterObject set)
    {
        private readonly SortedDictionary<int, ClusterObject> pods = new(pass.Claimed(set, ResourceType.Pods).Where(p => OrdinalOf(p, set) >= 0).ToDictionary(p => OrdinalOf(p, set)));
        private readonly string revision = $"{set.Name.Name}-{PodTemplate.Hash(set.Template)}";
        private readonly bool isParallel = set.Text("spec", "podManagementPolicy") == "Parallel";
        private readonly int first = set.Int("spec", "ordinals", "start");
        private readonly int count = set.Int("spec", "replicas");

        public void Take()
        {
            Report();
            if (Fill() && Shrink() && set.Text("spec", "updateStrategy", "type") != "OnDelete")
                Update();
        }

        // Each step tells whether the next may begin.
        private bool Fill()
        {
            for (var ordinal = first; ordinal < first + count; ordinal++)
            {
                if (pods.TryGetValue(ordinal, out var pod) && (pod.IsGoing || !pod.IsFinished))
                {
                    if (!isParallel && !pass.IsAvailable(pod, set.Int("spec", "minReadySeconds")))
                        return false;
                    continue;
                }

                if (pod is null)
                    Make(ordinal);
                else
                    Drop(pod);
                if (!isParallel)
                    return false;
            }

            return true;
        }

        private bool Shrink()
        {
            foreach (var (_, pod) in pods.Where(p => p.Key < first || p.Key >= first + count).Reverse())
            {
                if (!pod.IsGoing)
                    Drop(pod);
                if (!isParallel)
                    return false;
            }

            return true;
        }

        // From the top, and no further while one of the new ones does not serve.
        private void Update()
        {
            var last = Math.Max(first, set.Int("spec", "updateStrategy", "rollingUpdate", "partition"));
            for (var ordinal = first + count - 1; ordinal >= last; ordinal--)
            {
                if (!pods.TryGetValue(ordinal, out var pod) || pod.IsGoing)
                    return;
                if (RevisionOf(pod) != revision)
                {
                    Drop(pod);
                    return;
                }

                if (!pass.IsAvailable(pod, set.Int("spec", "minReadySeconds")))
                    return;
            }
        }

        private void Make(int ordinal)
        {
            var (pod, name) = (PodTemplate.Pod(set), $"{set.Name.Name}-{ordinal}");
            var metadata = ObjectRules.MetadataOf(pod);
            metadata.Remove("generateName");
            metadata["name"] = name;
            var labels = ObjectRules.LabelsOf(metadata);
            labels["apps.kubernetes.io/pod-index"] = ordinal.ToString(CultureInfo.InvariantCulture);
            labels["statefulset.kubernetes.io/pod-name"] = name;
            labels[PodTemplate.RevisionLabel] = revision;
            var spec = (JsonObject)pod["spec"]!;
            spec["hostname"] = name;
            if (set.Text("spec", "serviceName") is { Length: > 0 } service)
                spec["subdomain"] = service;
            PodTemplate.Make(pass, set, pod, Component, _ => $"create Pod {name} in StatefulSet {set.Name.Name} successful");
        }

        private void Drop(ClusterObject pod) =>
            PodTemplate.Drop(pass, set, pod, Component, name => $"delete Pod {name} in StatefulSet {set.Name.Name} successful");

        private void Report()
        {
            var active = pods.Values.Where(p => p.IsActive).ToList();
            var (ready, updated) = (active.Count(p => p.IsReady), active.Count(p => RevisionOf(p) == revision));
            var available = pass.Available(active, set.Int("spec", "minReadySeconds"));
            var current = set.Text("status", "currentRevision") is { Length: > 0 } before && (updated < count || ready < count || active.Count != count) ? before : revision;
            pass.Writes.ChangeStatus(set, status =>
            {
                status.Observe(set, ("replicas", active.Count), ("availableReplicas", available));
                status.Count(("readyReplicas", ready), ("updatedReplicas", updated), ("currentReplicas", active.Count(p => RevisionOf(p) == current)));
                (status["currentRevision"], status["updateRevision"]) = (current, revision);
            });
        }

        private static int OrdinalOf(ClusterObject pod, ClusterObject set) =>
            pod.Name.Name.StartsWith($"{set.Name.Name}-", StringComparison.Ordinal) && int.TryParse(pod.Name.Name[(set.Name.Name.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : -1;

        private static string? RevisionOf(ClusterObject pod) => pod.Labels[PodTemplate.RevisionLabel];
    }
}
