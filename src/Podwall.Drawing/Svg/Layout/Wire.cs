using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Svg.Layout;

/// <summary>A connection that is drawn as an arrow, and the way it takes.</summary>
internal sealed class Wire(Connection connection, Socket source, Socket target)
{
    public Connection Connection { get; } = connection;

    public Socket Source { get; } = source;

    public Socket Target { get; } = target;

    /// <summary>Null for a wire that goes straight down between two cards, as is <see cref="To"/>.</summary>
    public Port? From { get; set; }

    public Port? To { get; set; }

    /// <summary>The corners, from source to target.</summary>
    public List<(int X, int Y)> Path { get; } = [];

    /// <summary>The height at which it crosses the columns between its ends; null where there are none.</summary>
    public int? LaneY { get; set; }

    /// <summary>The middle of the label; or its left end, beside a wire that goes straight down.</summary>
    public (int X, int Y) LabelAnchor { get; set; }

    public int LabelLeftAt(Phase phase) => From is null ? LabelAnchor.X : LabelAnchor.X - LabelWidthAt(phase) / 2;

    public int LabelWidth => ((Phase[])[Phase.Before, Phase.After]).Max(LabelWidthAt);

    public string? LabelAt(Phase phase) => Connection.Label(phase) is { } label ? TextWidth.Fit(label, Sizes.Small, Sizes.LabelWidest, bold: true) : null;

    public int LabelWidthAt(Phase phase) => LabelAt(phase) is { } label ? TextWidth.Of(label, Sizes.Small, bold: true) + 14 : 0;

    public bool Skips => Math.Abs(Source.Column - Target.Column) > 1;

    public bool StaysInColumn => Source.Column == Target.Column;
}
