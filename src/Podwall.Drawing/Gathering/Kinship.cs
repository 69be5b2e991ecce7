using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>
/// Finds cards that play the same part: isolated to the same degree, with the same connections to cards that again play
/// the same part. Refines step by step, as long as the number of parts stays within a limit.
/// </summary>
internal static class Kinship
{
    public static int[] Of(IReadOnlyList<CardDraft> cards, Matrix matrix, int most)
    {
        // Addresses outside differ by nature; there are few of them.
        var parts = Numbered(cards.Select((c, i) => (Profile.Of(c.Units), Own: c.Units[0].IsOutside ? i : -1)));
        Dictionary<Passage, int> passages = [];
        foreach (var (_, cell) in matrix.Cells.Where(c => c.Value.IsDrawn))
            passages.TryAdd(cell.Passage, passages.Count);
        while (true)
        {
            var relations = cards.Select(_ => new SortedSet<(int Way, int Part, int Passage)>()).ToArray();
            foreach (var ((from, to), cell) in matrix.Cells.Where(c => c.Value.IsDrawn))
            {
                var passage = passages[cell.Passage];
                relations[from].Add(from == to ? (0, 0, passage) : (1, parts[to], passage));
                if (from != to)
                    relations[to].Add((2, parts[from], passage));
            }

            var finer = Numbered(relations.Select((r, i) => (parts[i], r.ToValueList())));
            if (finer.Max() == parts.Max() || finer.Distinct().Count() > most)
                return parts;
            parts = finer;
        }
    }

    private static int[] Numbered<T>(IEnumerable<T> keys) where T : notnull
    {
        Dictionary<T, int> numbers = [];
        return [.. keys.Select(key => numbers.TryGetValue(key, out var number) ? number : numbers[key] = numbers.Count)];
    }
}
