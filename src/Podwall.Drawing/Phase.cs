namespace Podwall.Drawing;

/// <summary>Which of the two states of a comparison; a board of a single state has only <see cref="After"/>.</summary>
public enum Phase
{
    Before,
    After,
}
