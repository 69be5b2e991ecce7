namespace Podwall.Policy;

/// <summary>Names a policy, written <c>namespace/name</c>.</summary>
public sealed record PolicyId(string Namespace, string Name) : IComparable<PolicyId>
{
    public int CompareTo(PolicyId? other) => other is null
        ? 1
        : (string.CompareOrdinal(Namespace, other.Namespace), string.CompareOrdinal(Name, other.Name)) switch
        {
            (0, var byName) => byName,
            (var byNamespace, _) => byNamespace,
        };

    public override string ToString() => $"{Namespace}/{Name}";
}
