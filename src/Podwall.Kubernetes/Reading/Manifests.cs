using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>A kind that is in the input and is not read.</summary>
public sealed record KindCount(string ApiVersion, string Kind, int Count);

/// <summary>A policy as it was written, faulty or not, and where.</summary>
public sealed record PolicySource(PolicyObject Policy, TreeDocument Document, ValueList<FieldError> Faults)
{
    public PolicyId Id => Policy.Id;

    public SourcePosition Position => Document.Root.Position;
}

/// <summary>Everything that the input said, and everything that is wrong with it.</summary>
public sealed record Manifests
{
    public required Snapshot Snapshot { get; init; }

    public required ValueList<Service> Services { get; init; }

    public required SourceMap Sources { get; init; }

    /// <summary>In the order of the input.</summary>
    public required ValueList<Diagnostic> Diagnostics { get; init; }

    /// <summary>Sorted by kind.</summary>
    public required ValueList<KindCount> OtherKinds { get; init; }

    /// <summary>Pods that have ended: neither subject nor peer, so they are not in the snapshot.</summary>
    public required ValueList<PodId> FinishedPods { get; init; }

    /// <summary>In the order of the input; of two with one name, both.</summary>
    public required ValueList<PolicySource> PolicyObjects { get; init; }

    /// <summary>Objects read, by kind, those with faults too.</summary>
    public required ValueList<KindCount> ReadKinds { get; init; }

    /// <summary>Whether every answer about traffic can be given without a guess.</summary>
    public bool CanDecide => !Diagnostics.AsEnumerable().Any(d => d.LeavesTrafficOpen);

    public bool HasErrors => Diagnostics.AsEnumerable().Any(d => d.Severity == Severity.Error);
}
