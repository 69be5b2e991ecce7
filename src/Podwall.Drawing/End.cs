using Podwall.Policy;

namespace Podwall.Drawing;

/// <summary>Where an arrow starts or ends.</summary>
public abstract record End
{
    private End()
    {
    }

    /// <summary>Every card that the end stands for.</summary>
    public abstract IEnumerable<Card> Cards { get; }

    public sealed record One(Card Card) : End
    {
        public override IEnumerable<Card> Cards => [Card];

        public override string ToString() => Card.ToString();
    }

    /// <summary>Every card of a place: the arrow touches the box itself.</summary>
    public sealed record Whole(Place Place) : End
    {
        public override IEnumerable<Card> Cards => Place.Cards;

        public override string ToString() => Place.IsOutside ? "anywhere outside" : $"{Place}/*";
    }

    /// <summary>Many ends alike: written into the other end instead of being drawn as that many arrows.</summary>
    public sealed record Several(string Name, ValueList<End> Ends) : End
    {
        public override IEnumerable<Card> Cards => Ends.SelectMany(e => e.Cards);

        public override string ToString() => $"{Name} ({string.Join(", ", Ends)})";
    }
}
