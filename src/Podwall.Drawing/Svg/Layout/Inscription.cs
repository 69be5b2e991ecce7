using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Svg.Layout;

/// <summary>A connection that is written into one of its ends.</summary>
internal sealed record Inscription(Connection Connection, string Lead)
{
    /// <summary>The arrow that stands before it where it is in place of one.</summary>
    public const int ArrowWidth = 30;

    private static readonly Phase[] Phases = [Phase.Before, Phase.After];

    public bool HasArrow { get; init; }

    public int Width => Phases.Max(p => TextWidth.Of(TextAt(p), Sizes.Small, bold: true));

    private int Indent => HasArrow ? ArrowWidth + 6 : 0;

    /// <summary>The same at both phases, so that nothing moves between them.</summary>
    public int LineCount(int? room) => Phases.Max(p => LinesAt(p, room).Count());

    public IEnumerable<string> LinesAt(Phase phase, int? room) => room is { } width
        ? TextWidth.Wrap(TextAt(phase), Sizes.Small, width - Indent, bold: true).Select(l => TextWidth.Fit(l, Sizes.Small, width - Indent, bold: true))
        : [TextAt(phase)];

    private string TextAt(Phase phase) => Connection.At(phase).Extent == Extent.Absent ? Lead : $"{Lead} {Connection.Inscription(phase)}";
}
