namespace Podwall.Policy;

/// <summary>IP families as a set.</summary>
[Flags]
public enum IpFamilies
{
    None = 0,
    V4 = 1,
    V6 = 2,
    Both = V4 | V6,
}

/// <summary>The set that holds one family.</summary>
public static class IpFamilySets
{
    public static IpFamilies AsSet(this IpFamily family) => family == IpFamily.V4 ? IpFamilies.V4 : IpFamilies.V6;
}

/// <summary>
/// Both directions of a flow. Between dual-stack pods each family is judged alone: the flow is allowed as soon as one
/// family allows it, and <see cref="AllowedOver"/> says which. The two decisions are those of the family that decided.
/// </summary>
public readonly record struct FlowDecision(Decision Egress, Decision Ingress, IpFamilies Judged, IpFamilies AllowedOver)
{
    public Verdict Verdict => Egress.IsAllowed ? Ingress.Verdict : Verdict.Deny;

    public bool IsAllowed => Verdict == Verdict.Allow;

    /// <summary>The family that the two decisions are about, alone; IPv4 where the families are alike.</summary>
    internal IpFamilies DecidedIn => (AllowedOver is IpFamilies.None ? Judged : AllowedOver) is IpFamilies.V6 ? IpFamilies.V6 : IpFamilies.V4;

    /// <summary>One family lets the flow through and another does not.</summary>
    public bool FamiliesDiffer => AllowedOver != IpFamilies.None && AllowedOver != Judged;
}
