using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>Reads a NetworkPolicy from its tree with the type names of the API's Go source, which its messages quote.</summary>
internal static class PolicyDecoder
{
    public static PolicyObject Decode(Cursor document)
    {
        var root = document.Struct("v1.NetworkPolicy", "apiVersion", "kind", "metadata", "spec");
        return new(ObjectMetaDecoder.Decode(root["metadata"]), Spec(root["spec"]));
    }

    private static PolicySpec Spec(Cursor field)
    {
        var spec = field.Struct("v1.NetworkPolicySpec", "egress", "ingress", "podSelector", "policyTypes");
        return new(
            LabelSelector.Decode(spec["podSelector"]) ?? LabelSelector.Empty,
            Rules(spec["ingress"], "v1.NetworkPolicyIngressRule", "from"),
            Rules(spec["egress"], "v1.NetworkPolicyEgressRule", "to"),
            spec["policyTypes"].Texts("v1.PolicyType"));
    }

    private static ValueList<PolicyRule> Rules(Cursor field, string goType, string peers)
    {
        if (field.Items(goType) is not { } items)
            return [];
        return items.Select(item => item.Struct(goType, peers, "ports")).Select(rule => new PolicyRule(
            rule["ports"].Items("v1.NetworkPolicyPort") is { } ports ? ports.Select(Port).ToValueList() : [],
            rule[peers].Items("v1.NetworkPolicyPeer") is { } ends ? ends.Select(Peer).ToValueList() : [])).ToValueList();
    }

    private static PolicyPort Port(Cursor item)
    {
        var port = item.Struct("v1.NetworkPolicyPort", "endPort", "port", "protocol");
        return new(port["protocol"].Text("v1.Protocol"), PortOrName(port["port"]), port["endPort"].Int32());
    }

    internal static PortValue? PortOrName(Cursor field) => field switch
    {
        { IsAbsent: true } => null,
        { IsText: true } => new(0, field.Text()),
        // Whatever is no string must be a number.
        _ => field.Int32() is { } number ? new PortValue(number, null) : null,
    };

    private static PolicyPeer Peer(Cursor item)
    {
        var peer = item.Struct("v1.NetworkPolicyPeer", "ipBlock", "namespaceSelector", "podSelector");
        return new(LabelSelector.Decode(peer["podSelector"]), LabelSelector.Decode(peer["namespaceSelector"]), Block(peer["ipBlock"]));
    }

    private static IpBlock? Block(Cursor field)
    {
        if (field.IsAbsent)
            return null;
        var block = field.Struct("v1.IPBlock", "cidr", "except");
        return new(block["cidr"].Text() ?? "", block["except"].Texts());
    }
}
