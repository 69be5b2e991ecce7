namespace Podwall.Drawing.Gathering;

/// <summary>Builds the finest board that stays within the limits.</summary>
internal static class BoardBuilder
{
    // Every pair of units is looked at; with more of them, a small part of a large cluster is drawn as coarsely as the whole.
    private const int MostUnits = 1_500;

    public static Board Build(Evidence before, Evidence after, BoardLimits limits, BoardLens lens)
    {
        var drafts = new NamespaceDrafts(before, after, limits);
        var outside = OutsideDraft.Of(OutsideUnits.Of(before, after), limits);
        for (var detail = Detail.Workloads; detail < Detail.Kin; detail++)
        {
            PlaceDraft[] places = [outside, .. drafts.At(detail)];
            if (places.SelectMany(p => p.Cards).Count(c => c.Units.Any(lens.IsAround)) <= limits.Cards
                && places.Sum(p => p.Cards.Sum(c => c.Units.Length)) <= MostUnits
                && Build(before, after, limits, lens, places, detail) is var board && IsWithin(board, limits))
                return board;
        }

        for (var parts = limits.Cards; ; parts /= 2)
            if (Build(before, after, limits, lens, [outside, .. drafts.Kin(outside, parts)], Detail.Kin) is var board && (parts <= 1 || IsWithin(board, limits)))
                return board;
    }

    private static bool IsWithin(Board board, BoardLimits limits) =>
        board.Cards.Count(c => !c.IsOutside) <= limits.Cards && board.Connections.Count(c => !c.IsInscribed) <= limits.Arrows;

    private static Board Build(Evidence before, Evidence after, BoardLimits limits, BoardLens lens, PlaceDraft[] drafts, Detail detail)
    {
        var matrix = new Matrix(before, after, [.. drafts.SelectMany(p => p.Cards)], lens);
        var cards = drafts.SelectMany(p => p.Cards.Select(c => (Place: p.Name, Draft: c)))
            .Select((c, index) => c.Draft.Finish(c.Place, (phase, direction) => matrix.Passes(index, phase, direction))).ToArray();
        var touched = matrix.Cells.Where(c => c.Value.IsDrawn).SelectMany(c => (Card[])[cards[c.Key.From], cards[c.Key.To]]).ToHashSet();
        List<Place> places = [];
        var first = 0;
        foreach (var draft in drafts)
        {
            places.Add(draft.Finish([.. cards[first..(first + draft.Cards.Length)].Where(c => touched.Contains(c) || lens.Keeps(c))]));
            first += draft.Cards.Length;
        }

        var empty = places.RemoveAll(p => p.Cards.Count == 0 && !p.IsOutside && detail >= Detail.Namespaces && lens.Around is null);
        places.RemoveAll(p => p.Cards.Count == 0 && (p.IsOutside || lens.Around is not null));
        return new(
            before != after,
            [.. places],
            Folding.Of(matrix, cards, [.. places], limits),
            BoardNotes.Of(before, after, [.. places], detail, empty, lens));
    }
}
