using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>What of a cluster a board is asked to show; the rest is as if it were not drawn, and changes no verdict.</summary>
public sealed record BoardLens
{
    public static BoardLens Everything { get; } = new();

    /// <summary>Only arrows that end at the class of this pod, and the cards that they touch.</summary>
    public PodId? Centre { get; init; }

    /// <summary>With <see cref="Centre"/>: only what comes to it (ingress), or only what leaves it (egress).</summary>
    public Direction? Direction { get; init; }

    /// <summary>Only this part of what passes.</summary>
    public Traffic Only { get; init; } = Traffic.Everything;

    internal bool Shows(Gathering.Unit from, Gathering.Unit to) => Centre is not { } centre
        || (Direction != Policy.Direction.Egress && Holds(to, centre))
        || (Direction != Policy.Direction.Ingress && Holds(from, centre));

    internal static bool Holds(Gathering.Unit unit, PodId pod) => unit.Pods.Any(p => p.Id == pod);
}
