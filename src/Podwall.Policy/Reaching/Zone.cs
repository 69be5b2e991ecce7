namespace Podwall.Policy.Reaching;

/// <summary>
/// Where pods lie among the <c>ipBlock</c> sets of the rules: the numbers of the sets that hold their address, per family.
/// Pods that contend for an address are in a zone of their own.
/// </summary>
internal sealed record Zone(IpFamilies Families, ValueList<int> V4, ValueList<int> V6, string? Contended)
{
    public ValueList<int> In(IpFamilies family) => family == IpFamilies.V4 ? V4 : V6;
}

/// <summary>The distinct address sets of all rules, and which pods lie in which.</summary>
internal sealed class Zones
{
    private readonly Dictionary<(AddressSet, IpFamilies), int> numbers = [];
    private readonly Dictionary<Address, ValueList<int>> holding = [];
    private readonly Dictionary<(IpFamilies, ValueList<int>, ValueList<int>), Zone> known = [];
    private readonly (ValueList<int> V4, ValueList<int> V6) unknown;

    public Zones(Compiled compiled)
    {
        foreach (var rule in compiled.Blocks.SelectMany(b => b.Policies).SelectMany(p => p.Rules))
            if (rule.Networks is { } networks)
                numbers.TryAdd((networks, rule.WholeFamilies), numbers.Count);
        unknown = (Whole(IpFamilies.V4), Whole(IpFamilies.V6));
        if (numbers.Count > 0)
            Place(compiled.Snapshot.Pods.SelectMany(p => p.Addresses));
    }

    public int Count => numbers.Count;

    /// <summary>The families of the address sets.</summary>
    public IpFamilies Families { get; private set; }

    public int NumberOf(Compiling.CompiledRule rule) => numbers[(rule.Networks!, rule.WholeFamilies)];

    public Zone Of(Endpoint end) => Of(end.Addresses) is var zone && end.Rivals.Length == 0 ? zone : zone with { Contended = end.Pod!.Id.ToString() };

    public Zone Of(ValueList<Address> addresses)
    {
        var (families, v4, v6) = (addresses.Count == 0 ? IpFamilies.Both : IpFamilies.None, unknown.V4, unknown.V6);
        if (addresses.Count > 0)
            (v4, v6) = ([], []);
        foreach (var address in addresses)
        {
            families |= address.Family.AsSet();
            if (holding.TryGetValue(address, out var held))
                (v4, v6) = address.Family == IpFamily.V4 ? (held, v6) : (v4, held);
        }

        if (!known.TryGetValue((families, v4, v6), out var zone))
            known[(families, v4, v6)] = zone = new(families, v4, v6, Contended: null);
        return zone;
    }

    private ValueList<int> Whole(IpFamilies family) =>
        numbers.Where(n => (n.Key.Item2 & family) != 0).Select(n => n.Value).Order().ToValueList();

    // Sweeps once over the addresses in order, with the sets that hold the current one.
    private void Place(IEnumerable<Address> addresses)
    {
        var starts = numbers.SelectMany(n => n.Key.Item1.Ranges.Select(r => (r.First, r.Last, Set: n.Value))).OrderBy(s => s.First).ToArray();
        foreach (var start in starts)
            Families |= start.First.Family.AsSet();
        // Most pods lie in no block at all.
        var covered = AddressSet.Of(starts.Select(s => new AddressRange(s.First, s.Last)));
        var open = new PriorityQueue<int, Address>();
        var holders = new SortedSet<int>();
        var next = 0;
        Dictionary<ValueList<int>, ValueList<int>> interned = [];
        foreach (var address in addresses.Where(covered.Contains).Distinct().Order())
        {
            // A set's earlier run ends before its next one begins, so runs that have ended go first.
            while (open.TryPeek(out var set, out var last) && last < address)
            {
                open.Dequeue();
                holders.Remove(set);
            }

            for (; next < starts.Length && starts[next].First <= address; next++)
            {
                if (starts[next].Last < address)
                    continue;
                open.Enqueue(starts[next].Set, starts[next].Last);
                holders.Add(starts[next].Set);
            }

            if (holders.Count == 0)
                continue;
            ValueList<int> held = [.. holders];
            holding[address] = interned.TryGetValue(held, out var same) ? same : interned[held] = held;
        }
    }
}
