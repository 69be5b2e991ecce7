using System.Globalization;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Pods;

/// <summary>Makes the pods of every node that the store says there should be, ends those that are going, and takes away the others.</summary>
internal sealed class Kubelet(ObjectStore store, PodRuntime runtime, PodCell cell) : IDisposable
{
    private const int FirstNumber = 2, LastNumber = 254;

    // By identity: a pod may come again under its name before its predecessor has gone.
    private readonly Dictionary<string, PodWorker> workers = new(StringComparer.Ordinal);
    private readonly HashSet<string> ending = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> lastNumbers = [];

    /// <summary>Runs until it is cancelled, which ends it without an exception.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var view = store.View(ResourceType.Pods);
            Settle(view);
            var (since, _, changed) = store.Read(ResourceType.Pods, view.NextEvent);
            if (since.Length == 0)
                await changed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => Task.WaitAll(workers.Values.Select(w => Task.Run(w.Dispose)));

    private void Settle(ResourceView view)
    {
        var wanted = view.Objects.Select(p => ClusterObject.Of(ResourceType.Pods, p)).Where(p => p.Node.Length > 0).ToDictionary(p => p.Uid, StringComparer.Ordinal);
        foreach (var (uid, worker) in workers.Where(w => !wanted.ContainsKey(w.Key)).ToList())
        {
            workers.Remove(uid);
            ending.Remove(uid);
            runtime.Remove(worker);
            _ = Task.Run(worker.Dispose);
        }

        foreach (var (uid, pod) in wanted)
        {
            if (!workers.TryGetValue(uid, out var worker) && !pod.IsFinished && NodeOf(pod.Node) is { } node)
            {
                workers[uid] = worker = new(PlanFor(pod, node), pod.Tree, cell);
                runtime.Add(worker);
                worker.Start();
            }

            if (worker is not null && pod.IsGoing && ending.Add(uid))
                _ = Task.Run(() => worker.EndAsync(TimeSpan.FromSeconds(pod.Int("metadata", "deletionGracePeriodSeconds"))));
        }
    }

    private PodPlan PlanFor(ClusterObject pod, int node)
    {
        PodId id = new(pod.Name.Namespace, pod.Name.Name);
        var usesHostNetwork = pod.Text("spec", "hostNetwork") == "true";
        var number = NextNumber(node);
        return new(id, node, string.Create(CultureInfo.InvariantCulture, $"pod{node}-{number}"), [.. cell.Plan.Used.Select(f => usesHostNetwork ? AddressPlan.NodeAddress(f, node) : AddressPlan.PodAddress(f, node, number))])
        {
            Hostname = usesHostNetwork ? pod.Node : Cells.Text(pod.Spec, "hostname") is { Length: > 0 } asked ? asked : id.Name,
            UsesHostNetwork = usesHostNetwork,
        };
    }

    // As late as possible again, since others may still know the pod that had it last.
    private int NextNumber(int node)
    {
        var taken = workers.Values.Where(w => w.Plan.Node == node).Select(w => w.Plan.Cable).ToHashSet(StringComparer.Ordinal);
        var number = lastNumbers.GetValueOrDefault(node, FirstNumber - 1);
        do
            number = number < LastNumber ? number + 1 : FirstNumber;
        while (taken.Contains(string.Create(CultureInfo.InvariantCulture, $"pod{node}-{number}")));
        return lastNumbers[node] = number;
    }

    private static int? NodeOf(string name) => name.StartsWith(LabNode.Prefix, StringComparison.Ordinal) && int.TryParse(name[LabNode.Prefix.Length..], CultureInfo.InvariantCulture, out var number) ? number : null;
}
