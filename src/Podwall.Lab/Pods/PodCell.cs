using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;

namespace Podwall.Lab.Pods;

/// <summary>What all pods of a lab have in common.</summary>
/// <param name="Log">Told what goes wrong.</param>
internal sealed record PodCell(AddressPlan Plan, LabNetwork Network, PodRoot Root, ClusterWrites Writes, EventLog Events, TimeProvider Time, Action<string> Log)
{
    /// <summary>Servers of the cluster's own that run inside pods, by the image that stands for them.</summary>
    public IReadOnlyDictionary<string, Func<NetworkSpace, IDisposable>> Servers { get; init; } = new Dictionary<string, Func<NetworkSpace, IDisposable>>();

    public void Report(PodWorker pod, ClusterEvent what) => Events.Write(ResourceType.Pods, pod.Object, what with { Host = $"{LabNode.Prefix}{pod.Plan.Node}" });
}
