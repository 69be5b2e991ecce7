using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>What of a cluster a board is asked to show; the rest is as if it were not drawn, and changes no verdict.</summary>
public sealed record BoardLens
{
    public static BoardLens Everything { get; } = new();

    /// <summary>Only arrows that end at the class of one of these pods, and the cards that they touch; null for those of all pods.</summary>
    public IReadOnlySet<PodId>? Around { get; init; }

    /// <summary>Only arrows whose other end is one of these pods, or outside the cluster; null for any.</summary>
    public IReadOnlySet<PodId>? With { get; init; }

    /// <summary>Only what comes to those pods (ingress), or only what leaves them (egress).</summary>
    public Direction? Direction { get; init; }

    /// <summary>Only this part of what passes.</summary>
    public Traffic Only { get; init; } = Traffic.Everything;

    internal bool Shows(Gathering.Unit from, Gathering.Unit to) =>
        (Direction != Policy.Direction.Egress && IsAround(to) && IsWith(from)) || (Direction != Policy.Direction.Ingress && IsAround(from) && IsWith(to));

    /// <summary>Whether a card stands on the board even where no arrow touches it.</summary>
    internal bool Keeps(Card card) => !card.IsOutside && (Around is null || card.Pods.Any(Around.Contains));

    internal bool IsAround(Gathering.Unit unit) => !unit.IsOutside && (Around is null || unit.Pods.Any(p => Around.Contains(p.Id)));

    private bool IsWith(Gathering.Unit unit) => With is null || unit.IsOutside || unit.Pods.Any(p => With.Contains(p.Id));
}
