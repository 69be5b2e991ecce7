using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>What the API server fills in when a NetworkPolicy is created.</summary>
public static class PolicyDefaults
{
    public static PolicyObject WithDefaults(this PolicyObject policy) => policy with
    {
        HasWrittenTypes = policy.Spec.PolicyTypes.Count > 0,
        Spec = policy.Spec with
        {
            Ingress = WithProtocols(policy.Spec.Ingress),
            Egress = WithProtocols(policy.Spec.Egress),
            PolicyTypes = policy.Spec switch
            {
                { PolicyTypes.Count: > 0 } => policy.Spec.PolicyTypes,
                { Egress.Count: > 0 } => ["Ingress", "Egress"],
                _ => ["Ingress"],
            },
        },
    };

    private static ValueList<PolicyRule> WithProtocols(ValueList<PolicyRule> rules) =>
        rules.Select(r => r with { Ports = r.Ports.Select(p => p with { Protocol = p.Protocol ?? "TCP" }).ToValueList() }).ToValueList();
}
