namespace Podwall.Drawing.Wording;

/// <summary>What a card says in a format that has only text to say it with.</summary>
internal static class CardText
{
    public static IEnumerable<string> Lines(this Card card, Board board)
    {
        yield return card.Title;
        if (card.Marks(Phase.After) is not null || card.Marks(Phase.Before) is not null)
            yield return card.Sentence(board.IsComparison);
        foreach (var inner in board.Connections.Where(c => c.From == new End.One(card) && c.IsInner))
            yield return $"among themselves: {inner.ChangeLabel()}";
    }

    public static IEnumerable<string> Lines(this Place place, Board board)
    {
        yield return place.Name;
        if (place.Labels.Count > 0)
            yield return string.Join(", ", place.Labels);
        if (!place.IsDeclared)
            yield return "not declared";
        foreach (var inner in board.Connections.Where(c => c.From == new End.Whole(place) && c.IsInner))
            yield return $"among themselves: {inner.ChangeLabel()}";
    }
}
