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
        ("LabelSelector", _) when Nearest.To(entry.Key, known) is null && entry.Value is ScalarNode scalar =>
            $"Put labels under matchLabels: matchLabels: {{{entry.Key}: {scalar.Written}}}.",
        _ => Nearest.To(entry.Key, known) is { } nearest
            ? $"Did you mean '{nearest}'?"
            : $"Take it away, or use one of: {string.Join(", ", known)}.",
    };
}
