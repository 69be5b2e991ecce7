namespace Podwall.Drawing.Svg.Layout;

/// <summary>Gives wires their ports: first the sides, so that boxes know how high they must be, then the heights.</summary>
internal static class Plugging
{
    public static void ChooseSides(IEnumerable<Wire> wires)
    {
        foreach (var wire in wires.Where(w => !IsStraight(w)))
        {
            var leftward = wire.Source.Column > wire.Target.Column;
            wire.From = Plug(wire, wire.Source, leftward ? Side.Left : Side.Right);
            wire.To = Plug(wire, wire.Target, leftward || wire.StaysInColumn ? Side.Right : Side.Left);
        }
    }

    public static void ChooseHeights(IEnumerable<Socket> sockets)
    {
        var all = sockets.ToArray();
        foreach (var socket in all)
            foreach (var side in (Side[])[Side.Left, Side.Right])
                Spread(socket, side);
        foreach (var port in all.SelectMany(s => s.Ports(Side.Right).Concat(s.Ports(Side.Left))))
            Straighten(port);
        KeepApart(all);
    }

    private static bool IsStraight(Wire wire) => (wire.Target as CardBox)?.FromAbove == wire || (wire.Source as CardBox)?.FromAbove == wire;

    private static Port Plug(Wire wire, Socket socket, Side side)
    {
        var port = new Port(wire, socket, side);
        socket.Ports(side).Add(port);
        return port;
    }

    private static void Spread(Socket socket, Side side)
    {
        var sorted = socket.Ports(side).OrderBy(p => p.Other.Socket.MiddleY).ThenBy(p => p.Other.Socket.X).ToArray();
        for (var i = 0; i < sorted.Length; i++)
            sorted[i].Y = socket.MiddleY + (2 * i - sorted.Length + 1) * Sizes.PortSpacing / 2;
        socket.Ports(side).Clear();
        socket.Ports(side).AddRange(sorted);
    }

    // Two boxes side by side with nothing else between them are joined by a straight line.
    private static void Straighten(Port port)
    {
        var (one, other) = (port.Socket, port.Other.Socket);
        if (Math.Abs(one.Column - other.Column) != 1 || one.Ports(port.Side).Count + other.Ports(port.Other.Side).Count != 2)
            return;
        var (top, bottom) = (Math.Max(one.Y, other.Y) + 12, Math.Min(one.Y + one.Height, other.Y + other.Height) - 12);
        if (top <= bottom)
            port.Y = port.Other.Y = (top + bottom) / 2;
    }

    // Two lines that come from the two sides of a channel at the same height would look like one. All ports of a side move
    // together, no farther than the room that every socket leaves around them.
    private static void KeepApart(Socket[] sockets)
    {
        foreach (var column in sockets.GroupBy(s => s.Column))
        {
            var facing = sockets.Where(s => s.Column == column.Key + 1).SelectMany(s => s.Ports(Side.Left)).ToArray();
            foreach (var socket in column)
            {
                var ports = socket.Ports(Side.Right);
                var shift = ((int[])[0, 5, -5]).MinBy(s => ports.Count(p => facing.Any(f => AreTooNear(p, f, s))));
                ports.ForEach(p => p.Y += shift);
            }
        }
    }

    private static bool AreTooNear(Port port, Port facing, int shift) =>
        (facing.Other != port && Math.Abs(facing.Y - port.Y - shift) < 5) || (facing.Other == port && facing.Y == port.Y && shift != 0);
}
