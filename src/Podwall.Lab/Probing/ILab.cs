using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>How large a lab is, and which addresses its pods have.</summary>
public sealed record LabSize(int Nodes = 1, IpFamilies Families = IpFamilies.V4);

/// <summary>The cluster of a lab as the engine sees it; pods and Services have their addresses.</summary>
public sealed record LabCluster(Snapshot Snapshot, ValueList<Service> Services);

/// <summary>One cause for which the API server refuses an object.</summary>
public readonly record struct Refusal(string Field, string Message);

/// <summary>The lab cannot do what it was asked; the message says what stands in the way and what to do.</summary>
public sealed class LabException(string message) : Exception(message);

/// <summary>A cluster in which connections can be tried.</summary>
public interface IProber
{
    Task<LabCluster> SnapshotAsync(CancellationToken cancellation);

    /// <summary>Tries every flow; reports how many are done, and gives the outcomes in the order of the flows.</summary>
    /// <param name="patience">What is not answered within this is taken for denied.</param>
    Task<ValueList<ProbeOutcome>> ProbeAsync(IReadOnlyList<ProbeFlow> flows, TimeSpan patience, IProgress<int> done, CancellationToken cancellation);
}

/// <summary>A cluster on this machine, in one state at a time; one that was made for the object is taken down with it.</summary>
public interface ILab : IProber, IAsyncDisposable
{
    /// <summary>No packets: the lowered ruleset is interpreted.</summary>
    bool IsSimulated { get; }

    LabSize Size { get; }

    /// <summary>How long it took to come up.</summary>
    TimeSpan CameUpIn { get; }

    /// <summary>
    /// Becomes exactly what the manifests say, with some labels changed; pods that were there already go on. Returns once
    /// pods are ready and the policies are in force.
    /// </summary>
    /// <exception cref="LabException">An object is refused, or pods do not become ready.</exception>
    Task BecomeAsync(IReadOnlyList<ManifestSource> objects, IReadOnlyList<LabelChange> labels, CancellationToken cancellation);

    /// <summary>Asks whether the objects of a source would be refused, and changes nothing; none where all are accepted.</summary>
    Task<ValueList<Refusal>> RefusalsAsync(ManifestSource objects, CancellationToken cancellation);
}
