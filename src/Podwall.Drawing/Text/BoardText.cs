using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Text;

/// <summary>A board as a list: the facts of the picture for a screen reader or a terminal.</summary>
public static class BoardText
{
    public static string Draw(Board board) => string.Concat(Facts(board).Select(f => $"- {OneLine.Of(f)}\n"));

    /// <summary>Every fact of the board, a sentence each.</summary>
    public static IEnumerable<string> Facts(Board board) =>
    [
        .. board.Places.SelectMany(p => p.Cards.Where(c => !c.IsOutside).Select(c => Sentence(c, board.IsComparison)).Prepend(Sentence(p))),
        .. board.Connections.Select(c => $"{c.Sentence(board.IsComparison)}."),
        .. board.Connections.Count == 0 && board.Cards.Any(c => c.After is { AreOpen: false }) ? ["Nothing that a policy governs may connect."] : (string[])[],
        .. board.Notes,
    ];

    /// <summary>What one connection of the board says, as in <see cref="Facts"/>.</summary>
    public static string Of(Board board, Connection connection) => $"{connection.Sentence(board.IsComparison)}.";

    private static string Sentence(Place place)
    {
        if (place.IsOutside)
            return $"{place}: {string.Join("; ", place.Cards.Select(c => c.Name))}.";
        var labels = place.Labels.Count == 0 ? "" : $" ({string.Join(", ", place.Labels)})";
        var declared = place.IsDeclared ? "" : ", not declared by any manifest";
        return $"{(place.Namespaces.Count == 1 ? $"Namespace {place}" : place.Name)}{labels}{declared}: {Plural.Of(place.PodCount, "pod")}.";
    }

    private static string Sentence(Card card, bool isComparison)
    {
        var pods = card.Pods.Count == 1 ? "" : $" ({Plural.Of(card.Pods.Count, "pod")}{(card.Detail.Length > 0 ? $"; {card.Detail}" : "")})";
        return $"{card}{pods}: {card.Sentence(isComparison)}.";
    }
}
