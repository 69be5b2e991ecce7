namespace Podwall.Policy.Compiling;

/// <summary>How many blocks ask for each of the <see cref="CrossFacts"/>, so that one block's change need not visit the others.</summary>
internal sealed class CrossTally
{
    private readonly Dictionary<LabelTerm, int> terms;
    private readonly Dictionary<string, int> portNames;

    private CrossTally(Dictionary<LabelTerm, int> terms, Dictionary<string, int> portNames, CrossFacts? known)
    {
        (this.terms, this.portNames) = (terms, portNames);
        var facts = new CrossFacts([.. terms.Keys], [.. portNames.Keys]);
        Facts = facts.Equals(known) ? known : facts;
    }

    public static CrossTally Empty { get; } = new([], [], known: null);

    /// <summary>What all blocks together ask; the same object as long as it is the same.</summary>
    public CrossFacts Facts { get; }

    public CrossTally With(IReadOnlyCollection<CrossFacts> gone, IReadOnlyCollection<CrossFacts> come)
    {
        // Most edits touch no policy that looks into other namespaces.
        if (gone.SequenceEqual(come))
            return this;
        var (terms, portNames) = (new Dictionary<LabelTerm, int>(this.terms), new Dictionary<string, int>(this.portNames));
        foreach (var facts in come)
            Count(facts, 1);
        foreach (var facts in gone)
            Count(facts, -1);
        return new(terms, portNames, Facts);

        void Count(CrossFacts facts, int more)
        {
            foreach (var term in facts.Terms)
                Add(terms, term, more);
            foreach (var name in facts.PortNames)
                Add(portNames, name, more);
        }
    }

    private static void Add<T>(Dictionary<T, int> counts, T asked, int more)
        where T : notnull
    {
        if ((counts[asked] = counts.GetValueOrDefault(asked) + more) == 0)
            counts.Remove(asked);
    }
}
