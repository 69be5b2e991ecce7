using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Kubernetes.Following;

/// <summary>
/// The cluster as the follower knows it. <see cref="IsSynced"/> is false until every kind was read in full once: such a
/// snapshot may lack policies, so nothing may be opened by it. <see cref="Missing"/> says which kinds lack, and why.
/// </summary>
public sealed record ClusterRevision(Snapshot Snapshot, ValueList<MissingKind> Missing)
{
    public bool IsSynced => Missing.Count == 0;
}

/// <summary>A kind that could not be read in full yet; the fault is the last one, or null while the first attempt goes on.</summary>
public sealed record MissingKind(ResourceType Type, ApiException? Fault);
