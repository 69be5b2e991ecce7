namespace Podwall.Drawing.Wording;

/// <summary>The ends of connections for formats that lay the graph out themselves, each with a plain identifier.</summary>
internal sealed class GraphEnds
{
    private readonly Dictionary<Card, string> cards = [];
    private readonly Dictionary<Place, string> places = [];
    private readonly Dictionary<End.Several, string> several = [];

    public GraphEnds(Board board)
    {
        foreach (var place in board.Places)
        {
            places[place] = $"p{places.Count}";
            foreach (var card in place.Cards)
                cards[card] = $"c{cards.Count}";
        }

        foreach (var end in board.Connections.SelectMany(c => (End[])[c.From, c.To]).OfType<End.Several>())
            several.TryAdd(end, $"s{several.Count}");
        Edges =
        [
            .. board.Connections.Where(c => !c.IsInner).SelectMany(c => Overlap(board, c)
                ? c.From.Cards.SelectMany(f => c.To.Cards.Where(t => t != f).Select(t => ((End)new End.One(f), (End)new End.One(t), c)))
                : [(c.From, c.To, c)]),
        ];
    }

    public IEnumerable<(End.Several End, string Id)> Several => several.Select(s => (s.Key, s.Value));

    /// <summary>A box cannot be joined with what lies inside it, so such connections are drawn card by card.</summary>
    public IReadOnlyList<(End From, End To, Connection Connection)> Edges { get; }

    public string this[Card card] => cards[card];

    public string this[Place place] => places[place];

    public string this[End end] => end switch
    {
        End.One one => cards[one.Card],
        End.Whole whole => places[whole.Place],
        _ => several[(End.Several)end],
    };

    private static bool Overlap(Board board, Connection connection) =>
        (connection.From is End.Whole || connection.To is End.Whole)
        && board.Places.Any(p => p.Cards.Intersect(connection.From.Cards).Any() && p.Cards.Intersect(connection.To.Cards).Any());
}
