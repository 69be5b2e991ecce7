using Podwall.Policy.Compiling;

namespace Podwall.Policy.Reaching;

/// <summary>All classes of a cluster, numbered by namespace, and the rows of classes that a selector or block picks.</summary>
internal sealed class ClassTable
{
    private readonly Dictionary<LabelGroup, (int First, int Count)> ofGroup = [];
    private readonly Dictionary<CrossPeer, BitRow> crossRows = [];
    private readonly Dictionary<(int Network, IpFamilies Family), BitRow> networkRows = [];

    public ClassTable(Compiled compiled, Zones zones)
    {
        var contended = compiled.HasContestedAddresses
            ? compiled.Blocks.SelectMany(b => b.Groups).SelectMany(g => g.Pods).Select(compiled.At).Where(e => e.Rivals.Length > 0).ToArray()
            : [];
        var shadows = contended.SelectMany(e => e.Rivals.Select(r => (r.Group, r.Pod, Zone: zones.Of(e)))).ToLookup(s => s.Group!);
        List<PodClass> all = [];
        foreach (var group in compiled.Blocks.SelectMany(b => b.Groups))
        {
            var first = all.Count;
            foreach (var pods in group.Pods.GroupBy(p => zones.Of(compiled.At(p))))
                all.Add(new(all.Count, group, [.. pods], pods.Key, pods.Key.Contended is null ? null : pods.First()));
            // A rival is judged at the address that it contends for, so it stands there as a class without pods.
            foreach (var shadow in shadows[group])
                all.Add(new(all.Count, group, [], shadow.Zone, shadow.Pod));
            ofGroup[group] = (first, all.Count - first);
        }

        All = [.. all];
        Blocks = compiled.Blocks;
        foreach (var family in (IpFamilies[])[IpFamilies.V4, IpFamilies.V6])
            foreach (var members in All.SelectMany(c => c.Zone.In(family).Select(n => (Network: n, Class: c))).GroupBy(m => m.Network, m => m.Class.Index))
                networkRows[(members.Key, family)] = BitRow.Of(members);
    }

    public PodClass[] All { get; }

    private CompiledBlock[] Blocks { get; }

    /// <summary>The classes that have, or may have, an address of the family.</summary>
    public BitRow With(IpFamilies family) => BitRow.Of(All.Where(c => (c.Zone.Families & family) != 0).Select(c => c.Index));

    public BitRow Isolated(Direction direction) => BitRow.Of(All.Where(c => c.IsIsolated(direction)).Select(c => c.Index));

    /// <summary>The classes that the selectors of a rule pick.</summary>
    public BitRow Selected(CompiledRule rule)
    {
        var row = BitRow.Empty;
        if (rule.Here.Length > 0)
            row = BitRow.Of(rule.Block.Groups.Where(g => (rule.Here[g.Index / 64] & 1UL << g.Index) != 0).SelectMany(Members));
        foreach (var pair in rule.Elsewhere)
            row = row.Or(Selected(pair));
        return row;
    }

    /// <summary>The classes whose address in the family a rule's blocks hold.</summary>
    public BitRow Held(int network, IpFamilies family) => networkRows.GetValueOrDefault((network, family), BitRow.Empty);

    private BitRow Selected(CrossPeer pair)
    {
        if (!crossRows.TryGetValue(pair, out var row))
            crossRows[pair] = row = BitRow.Of(Blocks.Where(b => b.Namespace.By(pair.Namespaces))
                .SelectMany(b => b.Groups).Where(g => g.Selection.By(pair.Pods)).SelectMany(Members));
        return row;
    }

    private IEnumerable<int> Members(LabelGroup group) => ofGroup[group] is var (first, count) ? Enumerable.Range(first, count) : [];
}
