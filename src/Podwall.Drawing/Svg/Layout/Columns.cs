namespace Podwall.Drawing.Svg.Layout;

/// <summary>Spreads places over columns: senders left, receivers right, and what no arrow touches where there is room.</summary>
internal static class Columns
{
    public static List<PlaceBox>[] Of(IReadOnlyList<PlaceBox> places, IReadOnlyList<Wire> wires, int most)
    {
        var index = places.Select((place, i) => (place, i)).ToDictionary(p => p.place, p => p.i);
        var edges = wires.Select(w => (From: index[PlaceOf(w.Source)], To: index[PlaceOf(w.Target)])).ToArray();
        var rank = Ranks.Of(places.Count, edges);
        var touched = edges.Where(e => e.From != e.To).SelectMany(e => (int[])[e.From, e.To]).ToHashSet();
        var ranks = touched.Count == 0 ? 0 : touched.Max(t => rank[t]) + 1;
        var columns = Enumerable.Range(0, Math.Clamp(places.Count, 1, most)).Select(_ => new List<PlaceBox>()).ToArray();
        var used = Math.Min(ranks, columns.Length);
        foreach (var place in touched.Order())
            columns[rank[place] * used / ranks].Add(places[place]);
        Untangle(columns, index, edges);
        for (var place = 0; place < places.Count; place++)
            if (!touched.Contains(place))
                columns.MinBy(c => c.Sum(HeightOf))!.Add(places[place]);
        return [.. columns.Where(c => c.Count > 0)];
    }

    public static PlaceBox PlaceOf(Socket socket) => socket as PlaceBox ?? ((CardBox)socket).Place;

    // Places stand at the mean height of those that they are joined with.
    private static void Untangle(List<PlaceBox>[] columns, Dictionary<PlaceBox, int> index, (int From, int To)[] edges)
    {
        for (var sweep = 0; sweep < 2; sweep++)
            foreach (var column in columns)
            {
                var height = columns.SelectMany(c => c.Select((place, i) => (Place: index[place], Height: (i + 0.5) / c.Count))).ToDictionary(h => h.Place, h => h.Height);
                var sorted = column.OrderBy(p => Neighbours(index[p]).Select(n => height[n]).DefaultIfEmpty(0.5).Average()).ToArray();
                column.Clear();
                column.AddRange(sorted);
            }

        IEnumerable<int> Neighbours(int place) =>
            edges.Where(e => e.From != e.To).SelectMany(e => e.From == place ? [e.To] : e.To == place ? (int[])[e.From] : []);
    }

    private static int HeightOf(PlaceBox place) => place.HeadContentHeight + Sizes.PlaceGap + place.Cards.Sum(c => c.ContentHeight + Sizes.CardGap);
}
