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
        Sizes.CardPadding + 14 + (Card.Detail.Length > 0 ? Sizes.Line : 0) + (HasMarks ? Sizes.Line + 5 : 0)
        + Inscriptions.Count * Sizes.Line + Sizes.CardPadding - 4;

    public int ContentWidth => 2 * Sizes.CardPadding + new[]
    {
        TextWidth.Of(Card.Title, Sizes.TitleSize, bold: true),
        TextWidth.Of(Card.Detail, Sizes.Small),
        Math.Max(MarksWidth(Card.Before), MarksWidth(Card.After)),
        Inscriptions.Select(i => InscriptionWidth(i.Connection, i.Lead)).DefaultIfEmpty().Max(),
        FromAbove is null ? 0 : FromAbove.LabelWidth + 40,
    }.Max();

    public static int InscriptionWidth(Connection connection, string lead) =>
        ((Phase[])[Phase.Before, Phase.After]).Max(p => TextWidth.Of($"{lead} {connection.Inscription(p)}", Sizes.Small, bold: true));

    public static int MarkWidth(string text) => 18 + TextWidth.Of(text, Sizes.Small, bold: true) + 10;

    /// <summary>The marks of a card with their words, as they stand beside each other.</summary>
    public static (Mark Mark, string Text)[] MarksOf(Marks marks) => marks.AreOpen
        ? [(Mark.Open, "open")]
        : [(marks.Ingress, $"in: {marks.Ingress.Word()}"), (marks.Egress, $"out: {marks.Egress.Word()}")];

    private static int MarksWidth(Marks? marks) => marks is null ? 0 : MarksOf(marks.Value).Sum(m => MarkWidth(m.Text));
}
