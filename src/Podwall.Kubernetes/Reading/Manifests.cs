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

/// <summary>An object that tells who needs which traffic, as it was written.</summary>
public sealed record SupportingObject(ObjectId Id, TreeNode Root);

/// <summary>A comment that begins with <c># podwall:</c>, and the line that it is about: its own, or the next one that says something.</summary>
public sealed record Remark(SourcePosition Position, int AboutLine, string Text);

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

    /// <summary>It was read from a cluster, so that nothing is missing from it.</summary>
    public bool IsLive { get; init; }

    /// <summary>Objects that decide no traffic and tell who needs which: webhooks, aggregated APIs, role bindings, the API server's endpoints.</summary>
    public ValueList<SupportingObject> Supporting { get; init; } = [];

    /// <summary>The service accounts of pods that do not run under the default one and are given a token.</summary>
    public IReadOnlyDictionary<PodId, string> Accounts { get; init; } = new Dictionary<PodId, string>();

    /// <summary>The directions that a cluster has stored for policies of these files, where both were read.</summary>
    public IReadOnlyDictionary<PolicyId, ValueList<Direction>> StoredTypes { get; init; } = new Dictionary<PolicyId, ValueList<Direction>>();

    /// <summary>Comments that are meant for podwall.</summary>
    public ValueList<Remark> Remarks { get; init; } = [];

    /// <summary>Whether every answer about traffic can be given without a guess.</summary>
    public bool CanDecide => !Diagnostics.AsEnumerable().Any(d => d.LeavesTrafficOpen);

    public bool HasErrors => Diagnostics.AsEnumerable().Any(d => d.Severity == Severity.Error);
}
