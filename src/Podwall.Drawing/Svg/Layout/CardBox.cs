using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Svg.Layout;

/// <summary>A card on the picture.</summary>
internal sealed class CardBox(Card card, PlaceBox place) : Socket
{
    public Card Card { get; } = card;

    public PlaceBox Place { get; } = place;

    /// <summary>The wire that comes straight down from the card above, if there is one.</summary>
    public Wire? FromAbove { get; set; }

    public bool HasMarks => !Card.IsOutside;

    public int ContentHeight =>
        Sizes.CardPadding + 14 + (Card.Detail.Length > 0 ? Sizes.Line : 0) + (HasMarks ? MarkLines * Sizes.Line + 5 : 0)
        + InscriptionsHeight + Sizes.CardPadding - 4;

    /// <summary>The marks stand beside each other where there is room, else one below the other.</summary>
    public int MarkLines => Room is { } room && MarksWidth > room ? 2 : 1;

    public int ContentWidth => 2 * Sizes.CardPadding + new[]
    {
        TextWidth.Of(Card.Title, Sizes.TitleSize, bold: true),
        TextWidth.Of(Card.Detail, Sizes.Small),
        MarksWidth,
        Inscriptions.Select(i => i.Width).DefaultIfEmpty().Max(),
        FromAbove is null ? 0 : FromAbove.LabelWidth + 40,
    }.Max();

    public static int MarkWidth(string text) => 18 + TextWidth.Of(text, Sizes.Small, bold: true) + 10;

    /// <summary>The marks of a card with their words, as they stand beside each other.</summary>
    public static (Mark Mark, string Text)[] MarksOf(Marks marks) => marks.AreOpen
        ? [(Mark.Open, "open")]
        : [(marks.Ingress, $"in: {marks.Ingress.Word()}"), (marks.Egress, $"out: {marks.Egress.Word()}")];

    private int MarksWidth => Math.Max(WidthOf(Card.Before), WidthOf(Card.After));

    private static int WidthOf(Marks? marks) => marks is null ? 0 : MarksOf(marks.Value).Sum(m => MarkWidth(m.Text));
}
