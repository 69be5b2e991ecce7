using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>What a policy's text says and the engine's policy does not keep.</summary>
internal static class WrittenPolicies
{
    private const string FilledIn = "is filled in by the API server";

    public static WrittenPolicy Of(PolicySource source)
    {
        // A fault elsewhere, such as a status, says nothing about the rules.
        var (policy, isReadable) = (source.Policy, !source.Faults.AsEnumerable().Any(f => f.Field == FieldPath.Root || f.Field.IsInside(FieldPath.Of("spec"))));
        var all = isReadable ? (policy with { Spec = policy.Spec with { PolicyTypes = ["Ingress", "Egress"] } }).ToPolicy() : null;
        return new(policy.Id)
        {
            HasTypes = policy.HasWrittenTypes || !isReadable,
            InertIngress = policy.Spec.Governs(Direction.Ingress) ? [] : all?.Ingress ?? [],
            InertEgress = policy.Spec.Governs(Direction.Egress) ? [] : all?.Egress ?? [],
            Annotations = Labels.Of(policy.Metadata.Annotations.Select(a => (a.Key, a.Value))),
            Blocks = [.. Blocks(policy.Spec.Ingress, "spec.ingress", "from"), .. Blocks(policy.Spec.Egress, "spec.egress", "to")],
            // What came straight from a cluster carries the server's fields of right.
            Ignored = IsFile(source.Position.File) ? [.. Ignored((MappingNode)source.Document.Root)] : [],
        };
    }

    private static bool IsFile(string file) => file.Length > 0 && file != "stdin";

    private static IEnumerable<(string, string)> Blocks(ValueList<PolicyRule> rules, string list, string peers) =>
        from rule in rules.Select((r, i) => (Rule: r, Path: $"{list}[{i}].{peers}"))
        from peer in rule.Rule.Peers.Select((p, i) => (p.IpBlock, Path: $"{rule.Path}[{i}].ipBlock"))
        where peer.IpBlock is not null
        from block in peer.IpBlock.Except.Select((e, i) => ($"{peer.Path}.except[{i}]", e)).Prepend(($"{peer.Path}.cidr", peer.IpBlock.Cidr))
        select block;

    private static IEnumerable<(string, string)> Ignored(MappingNode root)
    {
        if (root["status"] is not null)
            yield return ("status", "means nothing: NetworkPolicy has no status");
        foreach (var field in (string[])["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"])
            if (root["metadata"] is MappingNode meta && meta[field] is { IsNull: false })
                yield return ($"metadata.{field}", FilledIn);
    }
}
