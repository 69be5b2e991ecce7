namespace Podwall.Drawing.Wording;

/// <summary>The words for marks.</summary>
internal static class MarkText
{
    public static string Word(this Mark mark) => mark switch
    {
        Mark.Open => "open",
        Mark.Partly => "partly isolated",
        Mark.Isolated => "isolated",
        _ => "closed",
    };

    public static string Sentence(this Card card, bool isComparison) => (card.Before, card.After) switch
    {
        (null, null) => "addresses outside",
        ({ } before, null) => $"{Sentence(before)}, gone after",
        (null, { } after) => $"new, {Sentence(after)}",
        ({ } before, { } after) when isComparison && before != after => $"{Sentence(before)}; then {Sentence(after)}",
        (_, { } after) => Sentence(after),
    };

    private static string Sentence(Marks marks) =>
        marks.AreOpen ? "open both ways" : $"ingress {marks.Ingress.Word()}, egress {marks.Egress.Word()}";
}
