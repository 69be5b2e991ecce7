namespace Podwall.Drawing.Svg;

/// <summary>What a caller may choose about a picture; the facts are the board's.</summary>
public sealed record SvgOptions
{
    public static SvgOptions Default { get; } = new();

    /// <summary>A heading, or null for none.</summary>
    public string? Title { get; init; }

    /// <summary>The width to stay within, in pixels. A board that cannot be narrower is wider all the same.</summary>
    public int Width { get; init; } = 1440;

    /// <summary>
    /// False for a page that serves <see cref="BoardCss.Text"/> itself, because its content-security policy forbids
    /// styles inside the document.
    /// </summary>
    public bool EmbedStyle { get; init; } = true;

    public string BeforeTitle { get; init; } = "Before";

    public string AfterTitle { get; init; } = "After";
}
