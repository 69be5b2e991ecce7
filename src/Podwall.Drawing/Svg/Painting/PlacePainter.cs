using Podwall.Drawing.Svg.Layout;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Svg.Painting;

/// <summary>Paints boxes and the cards in them.</summary>
internal sealed class PlacePainter(SvgWriter svg, Board board, Phase phase)
{
    public void Paint(PlaceBox box)
    {
        var place = box.Place;
        var kind = place.IsOutside ? "place outside" : place.IsDeclared ? "place" : "place undeclared";
        svg.Open("g", ("class", kind), ("data-place", place.Name));
        svg.Element("title", place.Name);
        svg.Shape("rect", ("x", box.X), ("y", box.Y), ("width", box.Width), ("height", box.FullHeight), ("rx", 12));
        var (x, y, room) = (box.X + Sizes.PlacePadding, box.Y + 24, box.Width - 2 * Sizes.PlacePadding);
        svg.Text(x, y, "name", TextWidth.Fit(place.Name, Sizes.NameSize, room, bold: true));
        if (box.Subtitle.Length > 0)
            svg.Text(x, y += Sizes.Line, "small muted", TextWidth.Fit(box.Subtitle, Sizes.Small, room));
        if (place.Cards.Count == 0)
            svg.Text(x, y += Sizes.Line, "small muted", "no pods");
        Inscriptions(box, x, y, room);
        foreach (var card in box.Cards)
            Paint(card);
        svg.Close("g");
    }

    private void Paint(CardBox box)
    {
        var card = box.Card;
        svg.Open("g", ("class", card.Exists(phase) ? "card" : "card absent"), ("data-card", card.ToString()));
        svg.Element("title", card.Detail.Length > 0 ? $"{card} ({card.Detail})" : card.ToString());
        svg.Shape("rect", ("x", box.X), ("y", box.Y), ("width", box.Width), ("height", box.Height), ("rx", 8));
        // A card that many arrows touch is higher than its text, which then stands in the middle.
        var y = box.Y + Sizes.CardPadding + 9 + (box.Height - box.ContentHeight) / 2;
        var (x, room) = (box.X + Sizes.CardPadding, box.Width - 2 * Sizes.CardPadding);
        svg.Text(x, y, "title", TextWidth.Fit(card.Title, Sizes.TitleSize, room, bold: true));
        if (card.Detail.Length > 0)
            svg.Text(x, y += Sizes.Line, "small muted", TextWidth.Fit(card.Detail, Sizes.Small, room));
        if (box.HasMarks)
            y = Marks(box, x, y + Sizes.Line + 3);
        Inscriptions(box, x, y + (box.HasMarks ? 2 : 0), room);
        svg.Close("g");
    }

    /// <summary>The height of the last line of marks; both phases take as many.</summary>
    private int Marks(CardBox box, int x, int y)
    {
        var last = y + (box.MarkLines - 1) * Sizes.Line;
        if (box.Card.Marks(phase) is not { } marks)
        {
            svg.Text(x, y, "small muted", phase == Phase.Before ? "not there yet" : "gone");
            return last;
        }

        foreach (var (mark, text) in CardBox.MarksOf(marks))
        {
            Icons.Draw(svg, mark, x, y - 10);
            svg.Text(x + 17, y, $"small {mark.Css()}", text);
            (x, y) = box.MarkLines > 1 ? (x, y + Sizes.Line) : (x + CardBox.MarkWidth(text), y);
        }

        Bar(marks.Ingress, box.X, box);
        Bar(marks.Egress, box.X + box.Width - 4, box);
        return last;
    }

    // The left side of a card stands for ingress and the right one for egress, as the arrows mostly run.
    private void Bar(Mark mark, int x, CardBox box)
    {
        if (mark is Mark.Isolated or Mark.Closed)
            svg.Shape("rect", ("class", $"bar {mark.Css()}"), ("x", x), ("y", box.Y + 8), ("width", 4), ("height", box.Height - 16), ("rx", 2));
    }

    private void Inscriptions(Socket socket, int x, int y, int room)
    {
        foreach (var inscription in socket.Inscriptions)
        {
            var connection = inscription.Connection;
            if (connection.LookAt(phase) is { } look)
            {
                svg.Open("g", ("class", look.Css()), ("data-connection", board.NumberOf(connection)));
                svg.Element("title", connection.Sentence(board.IsComparison));
                if (inscription.HasArrow)
                    ArrowSample.Draw(svg, look, x, y + Sizes.Line - 4, Inscription.ArrowWidth);
                foreach (var (line, index) in inscription.LinesAt(phase, socket.Room).Select((l, i) => (l, i)))
                    svg.Text(x + (inscription.HasArrow ? Inscription.ArrowWidth + 6 : 0), y + (index + 1) * Sizes.Line, $"small {look.Css()}", TextWidth.Fit(line, Sizes.Small, room));
                svg.Close("g");
            }

            y += socket.Room is null && connection.LookAt(phase) is null ? 0 : inscription.LineCount(socket.Room) * Sizes.Line;
        }
    }
}
