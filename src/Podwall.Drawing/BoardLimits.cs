namespace Podwall.Drawing;

/// <summary>How much a board may hold before pods are drawn by class, then by namespace, then namespaces together.</summary>
public sealed record BoardLimits
{
    public static BoardLimits Default { get; } = new();

    /// <summary>Cards on the whole board.</summary>
    public int Cards { get; init; } = 48;

    /// <summary>Cards in one namespace.</summary>
    public int CardsPerNamespace { get; init; } = 8;

    /// <summary>Arrows on the whole board.</summary>
    public int Arrows { get; init; } = 40;

    /// <summary>Cards for addresses outside.</summary>
    public int OutsideCards { get; init; } = 6;

    /// <summary>Arrows of the same traffic into, or out of, one end before they become a line of text there.</summary>
    public int Fan { get; init; } = 4;
}
