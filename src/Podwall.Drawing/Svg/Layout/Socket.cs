namespace Podwall.Drawing.Svg.Layout;

internal enum Side
{
    Left,
    Right,
}

/// <summary>Something wires end at: a card, or the head of a place's box.</summary>
internal abstract class Socket
{
    private readonly List<Port> left = [];
    private readonly List<Port> right = [];

    public int X { get; set; }

    public int Y { get; set; }

    public int Width { get; set; }

    /// <summary>The height within which wires may end.</summary>
    public int Height { get; set; }

    public int Column { get; set; }

    public List<Port> Ports(Side side) => side == Side.Left ? left : right;

    public int PortsHeight => Math.Max(left.Count, right.Count) * Sizes.PortSpacing + 6;

    public int EdgeX(Side side) => side == Side.Left ? X : X + Width;

    public int MiddleY => Y + Height / 2;

    /// <summary>Connections that are written rather than drawn.</summary>
    public List<Inscription> Inscriptions { get; } = [];

    /// <summary>The width within which text is broken into lines; null where boxes become as wide as their text.</summary>
    public int? Room { get; set; }

    public int InscriptionsHeight => Inscriptions.Sum(i => i.LineCount(Room)) * Sizes.Line;
}

/// <summary>Where one wire ends at one side of a socket.</summary>
internal sealed class Port(Wire wire, Socket socket, Side side)
{
    public Wire Wire { get; } = wire;

    public Socket Socket { get; } = socket;

    public Side Side { get; } = side;

    public int Y { get; set; }

    public int X => Socket.EdgeX(Side);

    public Port Other => Wire.From == this ? Wire.To! : Wire.From!;
}
