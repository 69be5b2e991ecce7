namespace Podwall.Policy.Compiling;

/// <summary>
/// Numbers the selectors that look into other namespaces, in order of first use. A number never changes its meaning, so
/// that snapshots compiled one from another can share what they found out.
/// </summary>
internal sealed class SelectorPool
{
    private readonly Lock adding = new();
    private readonly Dictionary<Selector, int> numbers = [];
    private Selector[] selectors = new Selector[64];

    public int Number(Selector selector)
    {
        lock (adding)
        {
            if (numbers.TryGetValue(selector, out var number))
                return number;
            number = numbers.Count;
            if (number == selectors.Length)
                Array.Resize(ref selectors, 2 * number);
            selectors[number] = selector;
            numbers[selector] = number;
            return number;
        }
    }

    public Selector this[int number] => Volatile.Read(ref selectors)[number];

    /// <summary>What rules name, shared as long as the selectors are.</summary>
    public TrafficPool Traffic { get; } = new();

    public int Count => numbers.Count;
}
