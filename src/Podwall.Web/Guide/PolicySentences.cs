using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Web.Guide;

/// <summary>What one policy means in one cluster: whom it governs, and what each direction lets through.</summary>
public sealed record PolicySentences(string Name, string Governs, string Ingress, IReadOnlyList<string> LetsIn, string Egress, IReadOnlyList<string> LetsOut)
{
    public static IEnumerable<PolicySentences> Of(Manifests manifests, Snapshot snapshot, string file) =>
        manifests.PolicyObjects.Where(p => p.Position.File == file).Select(p => snapshot.Find(p.Id)).OfType<NetworkPolicy>().Select(p => Of(p, snapshot));

    private static PolicySentences Of(NetworkPolicy policy, Snapshot snapshot)
    {
        var pods = snapshot.Find(policy.Id.Namespace)!.Pods.Where(p => !p.UsesHostNetwork && policy.Subject.Selects(p.Labels)).Select(p => p.Id.Name).ToArray();
        var now = pods.Length == 0 ? "none in this cluster" : $"in this cluster: {string.Join(", ", pods.Take(6))}{(pods.Length > 6 ? $" and {pods.Length - 6} more" : "")}";
        return new(policy.Id.Name, $"{PeerWords.Of(policy.Subject)} of namespace {policy.Id.Namespace} ({now})",
            Direction(policy, Policy.Direction.Ingress, "in"), [.. Rules(policy, Policy.Direction.Ingress, snapshot)],
            Direction(policy, Policy.Direction.Egress, "out"), [.. Rules(policy, Policy.Direction.Egress, snapshot)]);
    }

    private static string Direction(NetworkPolicy policy, Direction direction, string way) => policy.Rules(direction) switch
    {
        null => "left as it is: this policy says nothing about it",
        { Count: 0 } => $"isolated; nothing gets {way}",
        _ => $"isolated; only this gets {way}:",
    };

    private static IEnumerable<string> Rules(NetworkPolicy policy, Direction direction, Snapshot snapshot) =>
        (policy.Rules(direction) ?? []).SelectMany(r => r.AnyPeer
            ? [$"anybody, inside or outside the cluster, {PeerWords.Of(r.Ports)}"]
            : r.Peers.Select(p => $"{PeerWords.Of(p, policy.Id.Namespace, snapshot)}, {PeerWords.Of(r.Ports)}"));
}
