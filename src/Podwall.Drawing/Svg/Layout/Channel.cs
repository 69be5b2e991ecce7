namespace Podwall.Drawing.Svg.Layout;

/// <summary>
/// The room between two columns. Wires turn on tracks in its middle; labels stand on the way into a box, in a zone of
/// their own beside each column, so that no line crosses a label.
/// </summary>
internal sealed class Channel
{
    private readonly List<(Wire Wire, int Top, int Bottom)> turns = [];
    private readonly Dictionary<Wire, int> trackOf = [];
    private int tracks;
    private int leftZone;
    private int rightZone;

    public int X { get; set; }

    public int Width => turns.Count == 0 ? Sizes.EmptyChannel : leftZone + rightZone + tracks * Sizes.TrackSpacing + 8;

    public bool IsUsed => turns.Count > 0;

    /// <summary>Adds the vertical part of a wire.</summary>
    public void Turn(Wire wire, int fromY, int toY) => turns.Add((wire, Math.Min(fromY, toY), Math.Max(fromY, toY)));

    /// <summary>Makes room for the label of a wire that enters a box on one side of the channel.</summary>
    public void Label(Wire wire, Side side)
    {
        var room = wire.LabelWidth + Sizes.Head + 16;
        (leftZone, rightZone) = side == Side.Left ? (Math.Max(leftZone, room), rightZone) : (leftZone, Math.Max(rightZone, room));
    }

    /// <summary>Gives every turn the first track on which it meets no other one; short turns stay near their boxes.</summary>
    public void AssignTracks()
    {
        (leftZone, rightZone) = (Math.Max(leftZone, 14), Math.Max(rightZone, 14));
        List<List<(int Top, int Bottom)>> occupied = [];
        foreach (var (wire, top, bottom) in turns.OrderBy(t => t.Bottom - t.Top).ThenBy(t => t.Top))
        {
            var track = occupied.FindIndex(o => o.All(s => bottom + 6 < s.Top || top - 6 > s.Bottom));
            if (track < 0)
            {
                track = occupied.Count;
                occupied.Add([]);
            }

            occupied[track].Add((top, bottom));
            trackOf[wire] = track;
        }

        tracks = occupied.Count;
    }

    public int TrackX(Wire wire) => X + leftZone + 4 + trackOf[wire] * Sizes.TrackSpacing + Sizes.TrackSpacing / 2;

    public int LabelX(Side side) => side == Side.Left ? X + Sizes.Head + (leftZone - Sizes.Head) / 2 : X + Width - Sizes.Head - (rightZone - Sizes.Head) / 2;
}
