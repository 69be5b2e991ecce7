namespace Podwall.Policy.Linting;

/// <summary>Many selectors with what belongs to each, found by a narrower one without asking every one of them.</summary>
internal sealed class WiderSelectors<T>
{
    private readonly Dictionary<(string Key, string Value), List<(Selector Selector, T Item)>> byLabel = [];
    private readonly List<(Selector Selector, T Item)> others = [], all = [];

    public IEnumerable<T> All => all.Select(a => a.Item);

    public void Add(Selector selector, T item)
    {
        all.Add((selector, item));
        if (selector.Requirements.Select(LabelOf).FirstOrDefault(l => l is not null) is not { } label)
            others.Add((selector, item));
        else if (byLabel.TryGetValue(label, out var alike))
            alike.Add((selector, item));
        else
            byLabel[label] = [(selector, item)];
    }

    /// <summary>Those whose selector follows from a narrower one in every cluster.</summary>
    public IEnumerable<T> ImpliedBy(Selector narrow) => Candidates(narrow).Where(c => narrow.Implies(c.Selector)).Select(c => c.Item);

    // A label that a selector asks for is implied by the same label alone, unless several terms of one key, or one that never
    // holds, say more together.
    private IEnumerable<(Selector Selector, T Item)> Candidates(Selector narrow)
    {
        var terms = narrow.Requirements;
        if (terms.Any(t => t is Requirement.OneOf { Values.Count: 0 }) || terms.DistinctBy(t => t.Key).Count() < terms.Count)
            return all;
        return others.Concat(terms.Select(LabelOf).OfType<(string, string)>().SelectMany(l => byLabel.GetValueOrDefault(l, [])));
    }

    private static (string Key, string Value)? LabelOf(Requirement requirement) => requirement is Requirement.OneOf { Values: [var value] } one ? (one.Key, value) : null;
}
