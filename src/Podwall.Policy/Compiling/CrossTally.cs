namespace Podwall.Policy.Compiling;

/// <summary>How many blocks ask for each of the <see cref="CrossFacts"/>, so that one block's change need not visit the others.</summary>
internal sealed class CrossTally
{
    private readonly Dictionary<string, int> keys;
    private readonly Dictionary<string, int> portNames;

    private CrossTally(Dictionary<string, int> keys, Dictionary<string, int> portNames, CrossFacts? known)
    {
        (this.keys, this.portNames) = (keys, portNames);
        var facts = new CrossFacts(keys.Keys, portNames.Keys);
        Facts = facts.Equals(known) ? known : facts;
    }

    public static CrossTally Empty { get; } = new([], [], known: null);

    /// <summary>What all blocks together ask; the same object as long as it is the same.</summary>
    public CrossFacts Facts { get; }

    public CrossTally With(IEnumerable<CrossFacts> gone, IEnumerable<CrossFacts> come)
    {
        Dictionary<string, int> keys = new(this.keys), portNames = new(this.portNames);
        foreach (var facts in come)
            Count(facts, 1);
        foreach (var facts in gone)
            Count(facts, -1);
        return new(keys, portNames, Facts);

        void Count(CrossFacts facts, int more)
        {
            foreach (var key in facts.Keys)
                Add(keys, key, more);
            foreach (var name in facts.PortNames)
                Add(portNames, name, more);
        }
    }

    private static void Add(Dictionary<string, int> counts, string word, int more)
    {
        if ((counts[word] = counts.GetValueOrDefault(word) + more) == 0)
            counts.Remove(word);
    }
}
