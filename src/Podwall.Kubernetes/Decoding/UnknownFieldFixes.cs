namespace Podwall.Kubernetes;

/// <summary>What to write where a field does not exist: the mistakes people make with policies, else the nearest name.</summary>
internal static class UnknownFieldFixes
{
    public static string For(string owner, MappingEntry entry, IEnumerable<string> known) => (owner, entry.Key) switch
    {
        ("NetworkPolicyIngressRule", "to") => "An ingress rule names its sources in 'from'; 'to' belongs in an egress rule.",
        ("NetworkPolicyEgressRule", "from") => "An egress rule names its destinations in 'to'; 'from' belongs in an ingress rule.",
        ("NetworkPolicyPeer", "namespace") when entry.Value is ScalarNode { Text: { Length: > 0 } name } =>
            $"Select the namespace by its label: namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {name}}}}}.",
        ("NetworkPolicyPeer", "matchLabels" or "matchExpressions") => $"Put '{entry.Key}' under podSelector or namespaceSelector.",
        ("NetworkPolicyPeer", "cidr" or "except") => $"Put '{entry.Key}' under ipBlock.",
        ("NetworkPolicyPeer", "ports" or "port") => "Put 'ports' beside 'from' or 'to', not inside a peer.",
        ("NetworkPolicyPort", "targetPort" or "hostPort" or "containerPort" or "nodePort") => "Write 'port': the number or name of the destination pod's own port.",
        ("NetworkPolicySpec", "action" or "order" or "priority") => "A NetworkPolicy only allows, and in no order; take the field away.",
        ("NetworkPolicySpec", "from" or "to" or "ports") => $"Put '{entry.Key}' inside a rule: an entry of 'ingress' or 'egress'.",
        ("NetworkPolicy", "status") => "Take 'status' away; a NetworkPolicy has none.",
        ("LabelSelectorRequirement", "value") => "Write 'values' with a list: values: [a].",
        ("LabelSelector", _) when Nearest(entry.Key, known) is null && entry.Value is ScalarNode scalar =>
            $"Put labels under matchLabels: matchLabels: {{{entry.Key}: {scalar.Written}}}.",
        _ => Nearest(entry.Key, known) is { } nearest
            ? $"Did you mean '{nearest}'?"
            : $"Take it away, or use one of: {string.Join(", ", known)}.",
    };

    /// <summary>The known name within two edits, capitals aside; none if nothing comes near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known) => known
        .Select(k => (Name: k, Distance: Distance(name.ToLowerInvariant(), k.ToLowerInvariant())))
        .Where(c => c.Distance <= (c.Name.Length <= 4 ? 1 : 2))
        .OrderBy(c => c.Distance)
        .Select(c => c.Name)
        .FirstOrDefault();

    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 2)
            return int.MaxValue;
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var l = 1; l <= left.Length; l++)
        {
            (var diagonal, row[0]) = (row[0], l);
            for (var r = 1; r <= right.Length; r++)
                (diagonal, row[r]) = (row[r], Math.Min(Math.Min(row[r], row[r - 1]) + 1, diagonal + (left[l - 1] == right[r - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
