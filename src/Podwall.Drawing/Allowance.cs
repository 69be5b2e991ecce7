using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>How far an allowance holds among the pods of its two ends.</summary>
public enum Extent
{
    /// <summary>From every pod of the one end to every pod of the other.</summary>
    Every,

    /// <summary>Between some of them only; the traffic is the union.</summary>
    Some,

    /// <summary>One of the ends has no pods at this phase.</summary>
    Absent,
}

/// <summary>What passes between two ends at one phase.</summary>
public readonly record struct Allowance(Traffic Traffic, Extent Extent)
{
    public bool IsNone => Traffic.IsNone;
}
