namespace Podwall.Drawing.Svg.Layout;

/// <summary>A place on the picture. As a socket it is the head of its box: an arrow there means every card in it.</summary>
internal sealed class PlaceBox : Socket
{
    public PlaceBox(Place place)
    {
        Place = place;
        Cards = [.. place.Cards.Select(c => new CardBox(c, this))];
    }

    public Place Place { get; }

    public List<CardBox> Cards { get; }

    /// <summary>The height of the whole box; <see cref="Socket.Height"/> is that of its head.</summary>
    public int FullHeight { get; set; }

    public string Subtitle => string.Join(", ", Place.Labels.Concat(Place.IsDeclared ? [] : ["not declared"]));

    public int HeadContentHeight => 38 + (Subtitle.Length > 0 ? Sizes.Line : 0) + (Cards.Count == 0 ? Sizes.Line : 0) + InscriptionsHeight;

    public int ContentWidth => new[]
    {
        TextWidth.Of(Place.Name, Sizes.NameSize, bold: true) + 2 * Sizes.PlacePadding,
        TextWidth.Of(Subtitle, Sizes.Small) + 2 * Sizes.PlacePadding,
        Inscriptions.Select(i => i.Width + 2 * Sizes.PlacePadding).DefaultIfEmpty().Max(),
        Cards.Select(c => c.ContentWidth + 2 * Sizes.PlacePadding).DefaultIfEmpty().Max(),
    }.Max();
}
