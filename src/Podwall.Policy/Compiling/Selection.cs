namespace Podwall.Policy.Compiling;

/// <summary>Which selectors of a pool select one set of labels; each is evaluated when it is first asked for.</summary>
internal sealed class Selection(Labels labels, SelectorPool pool)
{
    private readonly Lock growing = new();

    // Word 2n says which of 64 selectors are known, word 2n+1 which of those select.
    private ulong[] words = new ulong[2 * (pool.Count / 64 + 1)];

    public bool By(int selector)
    {
        var known = words;
        var at = selector / 64 * 2;
        var bit = 1UL << selector;
        return at < known.Length && (Volatile.Read(ref known[at]) & bit) != 0
            ? (Volatile.Read(ref known[at + 1]) & bit) != 0
            : Learn(selector, at, bit);
    }

    private bool Learn(int selector, int at, ulong bit)
    {
        var selects = pool[selector].Selects(labels);
        lock (growing)
        {
            if (at >= words.Length)
                Array.Resize(ref words, 2 * (pool.Count / 64 + 1));
            if (selects)
                words[at + 1] |= bit;
            // The answer is written before it is called known.
            Volatile.Write(ref words[at], words[at] | bit);
        }

        return selects;
    }
}
