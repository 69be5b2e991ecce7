namespace Podwall.Drawing.Svg.Layout;

/// <summary>Draws wires through the channels that were opened for them.</summary>
internal static class Routes
{
    public static void Draw(IEnumerable<Wire> wires, Channel[] channels)
    {
        foreach (var wire in wires)
        {
            if (wire.From is null)
                GoStraight(wire);
            else
                GoAround(wire, channels);
        }
    }

    private static void GoStraight(Wire wire)
    {
        var downward = wire.Source.Y < wire.Target.Y;
        var (upper, lower) = downward ? (wire.Source, wire.Target) : (wire.Target, wire.Source);
        var (top, bottom) = (upper.Y + upper.Height, lower.Y);
        // The label stands beside the line, which makes way where that needs room.
        var x = upper.X + Math.Clamp(upper.Width - wire.LabelWidth - 20, 18, upper.Width / 2);
        wire.Path.AddRange(downward ? [(x, top), (x, bottom)] : [(x, bottom), (x, top)]);
        wire.LabelAnchor = (x + 12, (top + bottom) / 2);
    }

    private static void GoAround(Wire wire, Channel[] channels)
    {
        var (from, to) = (wire.From!, wire.To!);
        var (leaving, entering) = (ChannelOf(channels, from), ChannelOf(channels, to));
        wire.Path.Add((from.X, from.Y));
        var y = wire.LaneY ?? to.Y;
        wire.Path.Add((leaving.TrackX(wire), from.Y));
        wire.Path.Add((leaving.TrackX(wire), y));
        if (leaving != entering)
        {
            wire.Path.Add((entering.TrackX(wire), y));
            wire.Path.Add((entering.TrackX(wire), to.Y));
        }

        wire.Path.Add((to.X, to.Y));
        // A card is set back from the edge of its place; the label stays in the channel.
        wire.LabelAnchor = (entering.LabelX(to.Side == Side.Left ? Side.Right : Side.Left), to.Y);
    }

    private static Channel ChannelOf(Channel[] channels, Port port) => channels[port.Socket.Column + (port.Side == Side.Right ? 1 : 0)];
}
