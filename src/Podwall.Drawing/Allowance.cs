using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>
/// How far an allowance holds among the pods of its two ends: those pairs of which a policy isolates the sender for egress
/// or the receiver for ingress, at either phase. What holds for the others is open, as the marks say.
/// </summary>
public enum Extent
{
    /// <summary>For all of these pairs.</summary>
    Every,

    /// <summary>For some of them only; the traffic is the union.</summary>
    Some,

    /// <summary>One of the ends has no pods at this phase.</summary>
    Absent,
}

/// <summary>What passes between two ends at one phase.</summary>
public readonly record struct Allowance(Traffic Traffic, Extent Extent)
{
    public bool IsNone => Traffic.IsNone;
}
