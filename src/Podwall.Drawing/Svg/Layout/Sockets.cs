namespace Podwall.Drawing.Svg.Layout;

/// <summary>
/// Makes boxes and wires of a board's record: what is drawn, what is written into a box, and in which order cards stand.
/// Where there is no room for wires, each stands as a line in the box that it would enter.
/// </summary>
internal sealed class Sockets
{
    private readonly Dictionary<Card, CardBox> cards;
    private readonly Dictionary<Place, PlaceBox> byPlace;

    public Sockets(Board board, bool writesAll = false)
    {
        Places = [.. board.Places.Select(p => new PlaceBox(p))];
        byPlace = Places.ToDictionary(p => p.Place);
        cards = Places.SelectMany(p => p.Cards).ToDictionary(c => c.Card);
        foreach (var connection in board.Connections.Where(c => writesAll || c.IsInscribed))
            Inscribe(connection);
        Wires = [.. board.Connections.Where(c => !writesAll && !c.IsInscribed).Select(c => new Wire(c, Of(c.From)!, Of(c.To)!))];
        foreach (var place in Places)
            Arrange(place);
    }

    public List<PlaceBox> Places { get; }

    public List<Wire> Wires { get; }

    private Socket? Of(End end) => end switch
    {
        End.One one => cards[one.Card],
        End.Whole whole => byPlace[whole.Place],
        _ => null,
    };

    private void Inscribe(Connection connection)
    {
        var (from, to) = (Of(connection.From), Of(connection.To));
        var lead = connection.IsInner ? "among themselves:"
            : to is not null ? $"{(connection.BothWays ? "with" : "from")} {NameOf(connection.From)}:"
            : $"{(connection.BothWays ? "with" : "to")} {NameOf(connection.To)}:";
        (to ?? from)?.Inscriptions.Add(new(connection, lead) { HasArrow = !connection.IsInscribed });
    }

    private static string NameOf(End end) => end is End.Several several ? several.Name : $"{end}";

    private void Arrange(PlaceBox place)
    {
        var index = place.Cards.Select((card, i) => (card, i)).ToDictionary(c => (Socket)c.card, c => c.i);
        var inner = Wires.Where(w => index.ContainsKey(w.Source) && index.ContainsKey(w.Target)).ToArray();
        var ranks = Ranks.Of(place.Cards.Count, inner.Select(w => (index[w.Source], index[w.Target])));
        var sorted = place.Cards.OrderBy(c => ranks[index[c]]).ToArray();
        place.Cards.Clear();
        place.Cards.AddRange(sorted);
        for (var i = 1; i < sorted.Length; i++)
            if (inner.Where(w => (w.Source == sorted[i - 1] && w.Target == sorted[i]) || (w.Source == sorted[i] && w.Target == sorted[i - 1])).ToArray() is [var only])
                sorted[i].FromAbove = only;
    }
}
