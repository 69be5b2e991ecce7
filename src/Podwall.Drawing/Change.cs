namespace Podwall.Drawing;

/// <summary>What became of a connection between the two phases of a board.</summary>
public enum Change
{
    Kept,

    /// <summary>Nothing passed before.</summary>
    Added,

    /// <summary>Nothing passes any more.</summary>
    Removed,

    /// <summary>Less passes, and nothing new.</summary>
    Narrowed,

    /// <summary>More passes, and nothing was lost.</summary>
    Widened,

    /// <summary>Something was lost and something else gained.</summary>
    Changed,
}
