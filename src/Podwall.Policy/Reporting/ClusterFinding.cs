namespace Podwall.Policy.Reporting;

/// <summary>An object that does not do, or cannot do, what it seems to be written for.</summary>
/// <param name="Reason">One word for programs: <see cref="FindingReasons"/>.</param>
/// <param name="Kind">The kind of the object: <c>NetworkPolicy</c> or <c>Pod</c>.</param>
/// <param name="Message">What is found, and what it means for traffic, for people.</param>
public sealed record ClusterFinding(string Reason, string Kind, string Namespace, string Name, string Message)
{
    public override string ToString() => $"{Kind} {Namespace}/{Name}: {Message}";
}

/// <summary>Why a finding is one; written as the reasons of Kubernetes events are.</summary>
public static class FindingReasons
{
    /// <summary>The policy governs no pod.</summary>
    public const string SelectsNoPod = nameof(SelectsNoPod);

    /// <summary>A rule names a port that no destination pod has.</summary>
    public const string PortNameUnknown = nameof(PortNameUnknown);

    /// <summary>Part of the object cannot be read.</summary>
    public const string Unreadable = nameof(Unreadable);

    /// <summary>Another live pod has the same address.</summary>
    public const string AddressShared = nameof(AddressShared);

    /// <summary>The pod runs on a node that the cluster does not have.</summary>
    public const string NodeUnknown = nameof(NodeUnknown);
}
