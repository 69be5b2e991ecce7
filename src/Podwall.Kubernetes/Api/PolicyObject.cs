using Podwall.Policy;

namespace Podwall.Kubernetes;

/// <summary>
/// A NetworkPolicy with all its API fields, inert ones too, as the API server would store it. The engine reads
/// <see cref="NetworkPolicy"/>, which is made from this.
/// </summary>
public sealed record PolicyObject(ObjectMeta Metadata, PolicySpec Spec)
{
    public const string Group = "networking.k8s.io";

    public const string ApiVersion = "networking.k8s.io/v1";

    public const string Kind = "NetworkPolicy";

    /// <summary>False where <c>policyTypes</c> was filled in by default.</summary>
    public bool HasWrittenTypes { get; init; }

    /// <summary>An absent namespace is <c>default</c>.</summary>
    public PolicyId Id => new(Metadata.Namespace.Length == 0 ? "default" : Metadata.Namespace, Metadata.Name);
}

/// <summary>Absent lists are empty: the API gives both the same meaning.</summary>
public sealed record PolicySpec(LabelSelector PodSelector, ValueList<PolicyRule> Ingress, ValueList<PolicyRule> Egress, ValueList<string> PolicyTypes)
{
    public ValueList<PolicyRule> Rules(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;

    public bool Governs(Direction direction) => PolicyTypes.Contains(direction.ToString());
}

/// <summary>An entry of <c>ingress</c> or <c>egress</c>; <c>from</c> and <c>to</c> are both its peers.</summary>
public sealed record PolicyRule(ValueList<PolicyPort> Ports, ValueList<PolicyPeer> Peers);

/// <summary>An entry of <c>ports</c>; null is absent, which an empty string is not.</summary>
public sealed record PolicyPort(string? Protocol, PortValue? Port, int? EndPort);

/// <summary>A port by number or by name (Go's IntOrString); a quoted number is a name.</summary>
public readonly record struct PortValue(int Number, string? Name)
{
    public override string ToString() => Name ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An entry of <c>from</c> or <c>to</c>; null is absent.</summary>
public sealed record PolicyPeer(LabelSelector? PodSelector, LabelSelector? NamespaceSelector, IpBlock? IpBlock);

public sealed record IpBlock(string Cidr, ValueList<string> Except);
