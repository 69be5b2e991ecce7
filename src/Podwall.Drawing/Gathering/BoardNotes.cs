using Podwall.Drawing.Wording;
using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Says what a board does not show, so that nothing is left out in silence.</summary>
internal static class BoardNotes
{
    private const int NamesShown = 5;

    public static ValueList<string> Of(Evidence before, Evidence after, ValueList<Place> places, Detail detail, int emptyPlaces, BoardLens lens)
    {
        List<string> notes = [];
        var cards = places.SelectMany(p => p.Cards).Where(c => !c.IsOutside).ToArray();
        var namespaces = places.Sum(p => p.Namespaces.Count);
        var pods = cards.Sum(c => c.Pods.Count);
        if (detail >= Detail.Namespaces)
            notes.Add($"Drawn by {(detail == Detail.Namespaces ? "namespace" : "namespaces that play the same part")}, because there is too much for single workloads: "
                + $"{Plural.Of(pods, "pod")} in {Plural.Of(namespaces, "namespace")}. \"Some\" marks what holds for some of them only.");
        else if (cards.Length < pods && FoldedPlaces(places) is { Length: > 0 } folded)
            notes.Add($"Workloads are drawn together in {Names(folded)}.");
        if (emptyPlaces > 0)
            notes.Add($"{Plural.Of(emptyPlaces, "namespace")} without pods: not drawn.");
        if (cards.Length > 0 && cards.All(c => c.Before is null or { AreOpen: true } && c.After is null or { AreOpen: true }))
            notes.Add("No policy isolates any pod: every pod may connect to every other one, and to and from anywhere outside.");
        else if (cards.Any(c => IsOpen(c, Direction.Egress)) && cards.Any(c => IsOpen(c, Direction.Ingress)))
            notes.Add("Where no policy isolates the sender for egress or the receiver for ingress, everything may connect: open, and not drawn as arrows.");
        if (HostPods(before, after, lens) is { Length: > 0 } host)
            notes.Add($"{Plural.Of(host.Length, "pod")} on the network of the node, which no policy governs or selects, not drawn: {Names(host)}.");
        return [.. notes];
    }

    private static bool IsOpen(Card card, Direction direction) =>
        ((Marks?[])[card.Before, card.After]).OfType<Marks>().Any(m => (direction == Direction.Ingress ? m.Ingress : m.Egress) is Mark.Open or Mark.Partly);

    private static string[] FoldedPlaces(ValueList<Place> places) =>
        [.. places.Where(p => p.Cards.Any(c => c.Detail.EndsWith(" alike", StringComparison.Ordinal) || c.IsWholePlace)).Select(p => p.Name)];

    private static string[] HostPods(Evidence before, Evidence after, BoardLens lens) =>
    [
        .. ((Evidence[])[before, after]).SelectMany(e => e.Snapshot.Pods.Where(p => e.ClassOf(p.Id) is null && lens.Around?.Contains(p.Id) is not false)).Select(p => p.Id.ToString())
            .Distinct().Order(StringComparer.Ordinal),
    ];

    private static string Names(string[] names) => names.Length <= NamesShown
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesShown))} and {names.Length - NamesShown} more";
}
