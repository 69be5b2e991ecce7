namespace Podwall.Drawing.Svg.Layout;

/// <summary>Where everything on a board stands. The same for both phases, so that a reader's eye can go to and fro.</summary>
internal sealed class BoardLayout
{
    private readonly List<PlaceBox>[] columns;
    private readonly Channel[] channels;

    private BoardLayout(Board board, int mostColumns)
    {
        var sockets = new Sockets(board);
        (Places, Wires) = (sockets.Places, sockets.Wires);
        columns = Columns.Of(Places, Wires, mostColumns);
        channels = [.. Enumerable.Range(0, columns.Length + 1).Select(_ => new Channel())];
        for (var column = 0; column < columns.Length; column++)
            foreach (var socket in columns[column].SelectMany(p => p.Cards.Prepend<Socket>(p)))
                socket.Column = column;
        Plugging.ChooseSides(Wires);
        Stack();
        Plugging.ChooseHeights(Places.SelectMany(p => p.Cards.Prepend<Socket>(p)));
        OpenChannels();
        SpreadColumns();
        Routes.Draw(Wires, channels);
        MoveIntoView();
    }

    private BoardLayout(Sockets sockets, int width)
    {
        (Places, Wires, columns, channels) = (sockets.Places, sockets.Wires, [sockets.Places], []);
        foreach (var place in Places)
        {
            (place.Width, place.Room) = (width, width - 2 * Sizes.PlacePadding);
            foreach (var card in place.Cards)
                (card.X, card.Width, card.Room) = (Sizes.PlacePadding, width - 2 * Sizes.PlacePadding, width - 2 * Sizes.PlacePadding - 2 * Sizes.CardPadding);
        }

        Stack();
        (Width, Height) = (width, Places.Select(p => p.Y + p.FullHeight).DefaultIfEmpty().Max());
    }

    public List<PlaceBox> Places { get; }

    public List<Wire> Wires { get; }

    public int ColumnCount => columns.Length;

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>The layout with the most columns that stays within a width, or else the one with a single column.</summary>
    public static BoardLayout Within(Board board, int width)
    {
        for (var most = Math.Max(1, width / (Sizes.CardNarrowest + 2 * Sizes.PlacePadding)); ; most--)
            if (new BoardLayout(board, most) is var layout && (layout.Width <= width || most == 1))
                return layout;
    }

    /// <summary>One column of just this width; instead of wires there is a line for each in the box that it enters.</summary>
    public static BoardLayout Written(Board board, int width) => new(new Sockets(board, writesAll: true), width);

    private void Stack()
    {
        foreach (var column in columns)
        {
            var y = 0;
            foreach (var place in column)
            {
                place.Y = y;
                place.Height = Math.Max(place.HeadContentHeight, place.InscriptionsHeight + place.PortsHeight);
                y += place.Height;
                foreach (var card in place.Cards)
                {
                    y += card == place.Cards[0] ? 0 : card.FromAbove is null ? Sizes.CardGap : Sizes.ArrowGap;
                    card.Y = y;
                    y += card.Height = Math.Max(card.ContentHeight, card.PortsHeight);
                }

                y += place.Cards.Count == 0 ? 0 : Sizes.PlacePadding;
                place.FullHeight = y - place.Y;
                y += Sizes.PlaceGap;
            }
        }

        if (Wires.Count == 0)
            return;
        var tallest = columns.Select(c => c[^1].Y + c[^1].FullHeight).DefaultIfEmpty().Max();
        foreach (var column in columns)
        {
            var shift = (tallest - column[^1].Y - column[^1].FullHeight) / 2;
            foreach (var socket in column.SelectMany(p => p.Cards.Prepend<Socket>(p)))
                socket.Y += shift;
        }
    }

    private void OpenChannels()
    {
        var lanes = new Lanes(columns);
        foreach (var wire in Wires.Where(w => w.From is not null))
        {
            var (leaving, entering) = (ChannelOf(wire.From!), ChannelOf(wire.To!));
            wire.LaneY = wire.Skips ? lanes.Find(wire) : null;
            leaving.Turn(wire, wire.From!.Y, wire.LaneY ?? wire.To!.Y);
            if (leaving != entering)
                entering.Turn(wire, wire.LaneY ?? wire.From.Y, wire.To!.Y);
            entering.Label(wire, wire.To!.Side == Side.Left ? Side.Right : Side.Left);
        }

        foreach (var channel in channels)
            channel.AssignTracks();
    }

    private Channel ChannelOf(Port port) => channels[port.Socket.Column + (port.Side == Side.Right ? 1 : 0)];

    private void SpreadColumns()
    {
        var x = 0;
        for (var column = 0; column < columns.Length; column++)
        {
            channels[column].X = x;
            x += column > 0 || channels[column].IsUsed ? channels[column].Width : 0;
            var width = columns[column].Max(p => Math.Clamp(p.ContentWidth, Sizes.CardNarrowest, Sizes.CardWidest));
            foreach (var place in columns[column])
            {
                (place.X, place.Width) = (x, width);
                foreach (var card in place.Cards)
                    (card.X, card.Width) = (x + Sizes.PlacePadding, width - 2 * Sizes.PlacePadding);
            }

            x += width;
        }

        channels[^1].X = x;
        Width = x + (channels[^1].IsUsed ? channels[^1].Width : 0);
    }

    // Lanes may run above the highest box and below the lowest one.
    private void MoveIntoView()
    {
        var points = Wires.SelectMany(w => w.Path).Select(p => p.Y).ToArray();
        var top = Math.Min(0, points.DefaultIfEmpty().Min() - 8);
        foreach (var socket in Places.SelectMany(p => p.Cards.Prepend<Socket>(p)))
            socket.Y -= top;
        foreach (var wire in Wires)
        {
            for (var i = 0; i < wire.Path.Count; i++)
                wire.Path[i] = (wire.Path[i].X, wire.Path[i].Y - top);
            wire.LabelAnchor = (wire.LabelAnchor.X, wire.LabelAnchor.Y - top);
        }

        Height = Math.Max(Places.Select(p => p.Y + p.FullHeight).DefaultIfEmpty().Max(), points.DefaultIfEmpty().Max() - top + 8);
    }
}
