using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>The API server's validation of a NetworkPolicy (ValidateNetworkPolicy), after defaulting and in its order.</summary>
internal static class PolicyRules
{
    private static readonly string[] Types = ["Ingress", "Egress"];

    public static IEnumerable<FieldError> Check(PolicyObject policy) =>
    [
        .. MetaRules.Check(policy.Metadata, NameRules.Subdomain, isNamespaced: true),
        .. MetaRules.CheckRest(policy.Metadata),
        .. Check(policy.Spec, FieldPath.Of("spec")),
    ];

    private static IEnumerable<FieldError> Check(PolicySpec spec, FieldPath path) =>
    [
        .. SelectorRules.Check(spec.PodSelector, path.Child("podSelector")),
        .. spec.Ingress.SelectMany((rule, i) => Check(rule, path.Child("ingress").Child(i), "from")),
        .. spec.Egress.SelectMany((rule, i) => Check(rule, path.Child("egress").Child(i), "to")),
        .. CheckTypes(spec.PolicyTypes, path.Child("policyTypes")),
    ];

    private static IEnumerable<FieldError> Check(PolicyRule rule, FieldPath path, string peers) =>
    [
        .. rule.Ports.SelectMany((port, i) => PortRules.Check(port, path.Child("ports").Child(i))),
        .. rule.Peers.SelectMany((peer, i) => PeerRules.Check(peer, path.Child(peers).Child(i))),
    ];

    private static IEnumerable<FieldError> CheckTypes(ValueList<string> types, FieldPath path)
    {
        if (types.Count > Types.Length)
        {
            var listed = $"[]networking.PolicyType{{{string.Join(", ", types.Select(GoText.Quote))}}}";
            return [new(FieldErrorType.Invalid, path, $"Invalid value: {listed}: may not specify more than two policyTypes") { Fix = "Name Ingress and Egress once each." }];
        }

        return types.Select((type, i) => (Type: type, Path: path.Child(i))).Where(t => !Types.Contains(t.Type))
            .Select(t => FieldError.NotSupported(t.Path, t.Type, Types).WithFix(Spelling(t.Type, Types)));
    }

    internal static string Spelling(string written, IEnumerable<string> allowed) =>
        allowed.FirstOrDefault(a => a.Equals(written, StringComparison.OrdinalIgnoreCase)) is { } meant
            ? $"Write {meant}; capitals matter."
            : $"Use one of: {string.Join(", ", allowed)}.";
}
