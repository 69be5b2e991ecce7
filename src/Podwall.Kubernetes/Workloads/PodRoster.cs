using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Every pod that the input stands for: those it holds, and one for each workload that none of them belongs to.</summary>
internal sealed class PodRoster
{
    private readonly Owners owners = new();
    private readonly IReadOnlyCollection<PodObject> pods;
    private readonly IReadOnlyCollection<WorkloadObject> workloads;

    public PodRoster(IReadOnlyCollection<PodObject> pods, IReadOnlyCollection<WorkloadObject> workloads)
    {
        (this.pods, this.workloads) = (pods, workloads);
        foreach (var workload in workloads)
            owners.Add(workload.Id, workload.Meta);
        foreach (var pod in pods)
            owners.Add(new(pod.Id.Namespace, "Pod", pod.Id.Name), pod.Meta);
    }

    public IEnumerable<PodId> Finished => pods.Where(p => p.IsFinished).Select(p => p.Id);

    /// <summary>The service accounts of the pods that <see cref="Read"/> gave, where they have one of their own.</summary>
    public Dictionary<PodId, string> Accounts { get; } = [];

    public IEnumerable<(Pod Pod, Manifest Manifest)> Read()
    {
        List<(Pod Pod, Manifest Manifest)> roster = [];
        HashSet<WorkloadId> present = [];
        foreach (var pod in pods)
        {
            var self = new WorkloadId(pod.Id.Namespace, "Pod", pod.Id.Name);
            var top = owners.TopOf(self);
            MarkChain(self, present);
            if (!pod.IsFinished)
            {
                roster.Add((Live(pod, top), pod.Manifest));
                Account(pod.Id, pod.Spec);
            }
        }

        var standIns = workloads.Where(w => !w.IsEmpty && !present.Contains(w.Id) && !IsOwnedHere(w)).ToList();
        var taken = roster.Select(r => r.Pod.Id).Concat(standIns.Select(w => new PodId(w.Id.Namespace, w.Id.Name))).CountBy(id => id).ToDictionary();
        roster.AddRange(standIns.Select(w => (StandIn(w, taken), w.Manifest)));
        return roster;
    }

    // A live pod speaks for every workload between it and the top.
    private void MarkChain(WorkloadId self, HashSet<WorkloadId> present)
    {
        foreach (var owner in owners.ChainOf(self))
            present.Add(owner);
    }

    private bool IsOwnedHere(WorkloadObject workload) => owners.ChainOf(workload.Id).Any(o => o != workload.Id && owners.Knows(o));

    private void Account(PodId id, PodSpec spec)
    {
        if (spec.Account is { } account)
            Accounts[id] = account;
    }

    private static Pod Live(PodObject pod, WorkloadId workload) => new(pod.Id, pod.Labels)
    {
        Workload = workload,
        Ports = pod.Spec.Ports,
        Addresses = pod.Addresses,
        Node = pod.Spec.Node,
        UsesHostNetwork = pod.Spec.UsesHostNetwork,
        IsTerminating = pod.Meta.IsTerminating,
    };

    // Two kinds may share a name; then the pod's name tells them apart, in a form that no real pod can have.
    private Pod StandIn(WorkloadObject workload, Dictionary<PodId, int> taken)
    {
        var id = new PodId(workload.Id.Namespace, workload.Id.Name);
        if (taken[id] > 1)
            id = id with { Name = $"{workload.Id.Kind.ToLowerInvariant()}/{workload.Id.Name}" };
        Account(id, workload.PodSpec);
        return new(id, workload.PodLabels)
        {
            Workload = owners.TopOf(workload.Id),
            StandsForReplicas = true,
            Ports = workload.PodSpec.Ports,
            Node = workload.PodSpec.Node,
            UsesHostNetwork = workload.PodSpec.UsesHostNetwork,
        };
    }
}
