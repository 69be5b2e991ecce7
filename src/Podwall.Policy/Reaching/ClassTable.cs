using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Podwall.Policy.Compiling;

namespace Podwall.Policy.Reaching;

/// <summary>All classes of a cluster, numbered by namespace, and the rows of classes that a selector or block picks.</summary>
internal sealed class ClassTable
{
    private readonly Dictionary<LabelGroup, (int First, int Count)> ofGroup = [];
    private readonly ConcurrentDictionary<CrossPeer, BitRow> crossRows = [];
    private readonly Dictionary<(int Network, IpFamilies Family), BitRow> networkRows = [];

    // How many pods the classes before each class have.
    private readonly int[] podsBelow;
    private RowCount? counted;

    public ClassTable(Compiled compiled, Zones zones)
    {
        var contended = compiled.HasContestedAddresses
            ? compiled.Blocks.SelectMany(b => b.Groups).SelectMany(g => g.Pods).Select(compiled.At).Where(e => e.Rivals.Length > 0).ToArray()
            : [];
        var shadows = contended.SelectMany(e => e.Rivals.Select(r => (r.Group, r.Pod, Zone: zones.Of(e)))).ToLookup(s => s.Group!);
        List<PodClass> all = [];
        foreach (var group in compiled.Blocks.SelectMany(b => b.Groups))
        {
            var (first, common) = (all.Count, ZoneOf(group.Pods[0]));
            if (common.Contended is null && Array.TrueForAll(group.Pods, p => ZoneOf(p) == common))
                all.Add(new(all.Count, group, new(group.Pods), common, contender: null));
            else
                foreach (var pods in group.Pods.GroupBy(ZoneOf))
                    all.Add(new(all.Count, group, [.. pods], pods.Key, pods.Key.Contended is null ? null : pods.First()));
            // A rival is judged at the address that it contends for, so it stands there as a class without pods.
            foreach (var shadow in shadows[group])
                all.Add(new(all.Count, group, [], shadow.Zone, shadow.Pod));
            ofGroup[group] = (first, all.Count - first);
        }

        Zone ZoneOf(Pod pod) => compiled.HasContestedAddresses ? zones.Of(compiled.At(pod)) : zones.Of(pod.Addresses);

        All = [.. all];
        Blocks = compiled.Blocks;
        podsBelow = new int[All.Length + 1];
        for (var i = 0; i < All.Length; i++)
            podsBelow[i + 1] = podsBelow[i] + All[i].Pods.Count;
        foreach (var family in (IpFamilies[])[IpFamilies.V4, IpFamilies.V6])
            foreach (var members in All.SelectMany(c => c.Zone.In(family).Select(n => (Network: n, Class: c))).GroupBy(m => m.Network, m => m.Class.Index))
                networkRows[(members.Key, family)] = BitRow.Of(members);
    }

    public PodClass[] All { get; }

    private CompiledBlock[] Blocks { get; }

    /// <summary>The classes that have, or may have, an address of the family.</summary>
    public BitRow With(IpFamilies family) => BitRow.Of(All.Where(c => (c.Zone.Families & family) != 0).Select(c => c.Index));

    public BitRow Isolated(Direction direction) => BitRow.Of(All.Where(c => c.IsIsolated(direction)).Select(c => c.Index));

    /// <summary>How many pods the classes of a row have.</summary>
    public int PodsIn(BitRow row)
    {
        // Pods that no policy isolates all hear from the same, widest row.
        if (counted is { } last && ReferenceEquals(last.Row, row))
            return last.Pods;
        var pods = row.Sum(podsBelow);
        counted = new(row, pods);
        return pods;
    }

    /// <summary>The classes of its own namespace that a rule picks, of those looked at.</summary>
    public BitRow SelectedHere(CompiledRule rule, BitRow seen)
    {
        var (first, last) = (ofGroup[rule.Block.Groups[0]], ofGroup[rule.Block.Groups[^1]]);
        if (!seen.MayTouch(first.First, last.First + last.Count - first.First))
            return BitRow.Empty;
        List<int> members = [];
        foreach (var group in rule.Block.Groups)
            if ((rule.Here[group.Index / 64] & 1UL << group.Index) != 0)
                members.AddRange(Members(group));
        return BitRow.OfSorted(CollectionsMarshal.AsSpan(members)).And(seen);
    }

    /// <summary>The classes that a pair of selectors picks.</summary>
    public BitRow Selected(CrossPeer pair) => crossRows.GetOrAdd(pair, p => BitRow.Of(
        Blocks.Where(b => b.Namespace.By(p.Namespaces)).SelectMany(b => b.Groups).Where(g => g.Selection.By(p.Pods)).SelectMany(Members)));

    /// <summary>The classes whose address in the family a rule's blocks hold.</summary>
    public BitRow Held(int network, IpFamilies family) => networkRows.GetValueOrDefault((network, family), BitRow.Empty);

    private IEnumerable<int> Members(LabelGroup group) => ofGroup[group] is var (first, count) ? Enumerable.Range(first, count) : [];

    private sealed record RowCount(BitRow Row, int Pods);
}
