using Podwall.Drawing.Wording;
using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Draws connections alike as one: of a whole place, of several places, in both directions.</summary>
internal sealed class Folding
{
    private readonly Dictionary<Card, int> numbers;
    private readonly Dictionary<Card, Place> placeOf;
    private readonly ValueList<Place> places;

    private Folding(Card[] cards, ValueList<Place> places)
    {
        this.places = places;
        numbers = cards.Select((card, index) => (card, index)).ToDictionary(c => c.card, c => c.index);
        placeOf = places.SelectMany(p => p.Cards.Select(c => (p, c))).ToDictionary(c => c.c, c => c.p);
    }

    public static ValueList<Connection> Of(Matrix matrix, Card[] cards, ValueList<Place> places, BoardLimits limits)
    {
        var folding = new Folding(cards, places);
        IEnumerable<Arrow> arrows = matrix.Cells.Where(c => c.Value.IsDrawn)
            .Select(c => new Arrow(new End.One(cards[c.Key.From]), new End.One(cards[c.Key.To]), c.Value.Passage));
        arrows = folding.Wholes(arrows, a => a.From, a => a.To, (a, end) => a with { From = end });
        arrows = folding.Wholes(arrows, a => a.To, a => a.From, (a, end) => a with { To = end });
        arrows = folding.Fans(arrows, limits.Fan, a => a.From, a => a.To, (a, end) => a with { From = end });
        arrows = folding.Fans(arrows, limits.Fan, a => a.To, a => a.From, (a, end) => a with { To = end });
        return [.. BothWays([.. arrows.OrderBy(a => folding.PlaceIn(a.From)).ThenBy(a => folding.PlaceIn(a.To))])];
    }

    /// <summary>Replaces the one end by its place, where the same holds for every card of the place.</summary>
    private List<Arrow> Wholes(IEnumerable<Arrow> arrows, Func<Arrow, End> end, Func<Arrow, End> other, Func<Arrow, End, Arrow> with)
    {
        List<Arrow> folded = [];
        foreach (var alike in arrows.GroupBy(a => (other(a), a.Passage)))
        {
            var cards = alike.Select(a => end(a)).OfType<End.One>().Select(e => e.Card).ToHashSet();
            var whole = places.Where(p => IsWhole(p, cards, alike.Key.Item1)).ToHashSet();
            foreach (var arrow in alike)
            {
                if (end(arrow) is not End.One one || !whole.Contains(placeOf[one.Card]))
                    folded.Add(arrow);
            }

            folded.AddRange(whole.Select(p => with(alike.First(), new End.Whole(p))));
        }

        return folded;
    }

    // A card that stands alone needs no box; among two cards of one place an arrow says more than a line of text.
    private bool IsWhole(Place place, HashSet<Card> cards, End other)
    {
        var within = other.Cards.Any(c => placeOf[c] == place);
        return place.IsComplete && place.Cards.Count >= (within ? 3 : 2) && place.Cards.All(c => cards.Contains(c) || (within && SaysNothing(c, other)));
    }

    /// <summary>Whether an arrow from a card to itself would say nothing, because it is a single pod.</summary>
    private static bool SaysNothing(Card card, End other) => other is End.One one && one.Card == card && card.Pods.Count == 1;

    private List<Arrow> Fans(IEnumerable<Arrow> arrows, int most, Func<Arrow, End> end, Func<Arrow, End> other, Func<Arrow, End, Arrow> with)
    {
        List<Arrow> folded = [];
        foreach (var alike in arrows.GroupBy(a => (other(a), a.Passage)))
        {
            var far = alike.Where(a => end(a) is not End.Several && alike.Key.Item1 is not End.Several && !Touch(a.From, a.To)).ToArray();
            if (far.Length <= most)
            {
                folded.AddRange(alike);
                continue;
            }

            folded.AddRange(alike.Except(far));
            folded.Add(with(far[0], new End.Several(NameOf(far.Select(end), alike.Key.Item1), far.Select(end).ToValueList())));
        }

        return folded;
    }

    private int PlaceIn(End end) => end is End.Several ? int.MaxValue : numbers[end.Cards.First()];

    private bool Touch(End from, End to) => from.Cards.Any(f => to.Cards.Any(t => placeOf[f] == placeOf[t]));

    private string NameOf(IEnumerable<End> ends, End other)
    {
        var cards = ends.SelectMany(e => e.Cards).ToHashSet();
        var whole = places.Where(p => p.Cards.Count > 0 && p.Cards.All(cards.Contains)).ToArray();
        if (whole.Sum(p => p.Cards.Count) < cards.Count)
            return Plural.Of(cards.Count, "card");
        var outside = whole.Any(p => p.IsOutside) ? " and anywhere outside" : "";
        var namespaces = whole.Sum(p => p.Namespaces.Count);
        var others = places.Where(p => p.Cards.Count > 0 && !p.IsOutside && !other.Cards.Any(c => placeOf[c] == p)).Sum(p => p.Namespaces.Count);
        return (namespaces == others ? $"every other namespace ({namespaces})" : Plural.Of(namespaces, "namespace")) + outside;
    }

    private static IEnumerable<Connection> BothWays(List<Arrow> arrows)
    {
        var known = arrows.ToHashSet();
        HashSet<Arrow> drawn = [];
        foreach (var arrow in arrows)
        {
            var back = new Arrow(arrow.To, arrow.From, arrow.Passage);
            if (drawn.Contains(back))
                continue;
            drawn.Add(arrow);
            yield return arrow.Passage.Between(arrow.From, arrow.To) with { BothWays = arrow.From != arrow.To && known.Contains(back) };
        }
    }

    private sealed record Arrow(End From, End To, Passage Passage);
}
