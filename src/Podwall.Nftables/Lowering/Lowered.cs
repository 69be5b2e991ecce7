using System.Text;
using Podwall.Nftables.Model;
using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>
/// Policy lowered to the maps of one node. What the maps hold depends on the present cluster alone, never on the way to
/// it; <see cref="Update"/> only spends its time on what changed.
/// </summary>
public sealed class Lowered
{
    private readonly Subjects subjects;
    private readonly Peers peers;
    private readonly Blocks blocks;
    private readonly Pairs pairs;
    private Compiled? current;
    private LocalRules? rules;

    public Lowered(NodeFacts node, Maps? maps = null)
    {
        maps ??= Maps.Instance;
        Contents = new(maps);
        pairs = new(maps, Contents, new(maps, Contents));
        subjects = new(node, maps, Contents);
        peers = new(maps, Contents, pairs);
        blocks = new(maps, Contents, pairs);
        foreach (var family in IpFamily.Both)
            Contents[maps.Range[family]].Replace(AddressSet.Of(node.PodRanges.Select(r => r.Range)).Of(family).Ranges
                .ToDictionary(r => new ElementKey(r.First.Bits, r.Last.Bits), _ => 0UL));
        foreach (var name in node.PodInterfaces)
            Contents[maps.Interface].Set(InterfaceKey(name));
    }

    /// <summary>What the kernel should hold.</summary>
    public Contents Contents { get; }

    /// <summary>The pods of this node.</summary>
    public IEnumerable<Pod> LocalPods => subjects.Pods;

    /// <summary>Brings the contents to another state of the cluster.</summary>
    /// <returns>Whether this node's pods, or what governs them, may have changed.</returns>
    public bool Update(Compiled next)
    {
        var changes = Changes(current?.Blocks ?? [], next.Blocks);
        var touched = subjects.Update(next, changes);
        var previous = rules;
        if (touched || previous is null)
            rules = new(next, subjects.Signatures);
        else
            foreach (var change in changes)
                if (change.After is { } block)
                    rules!.Follow(block);
        var selectAlike = previous is not null && (rules == previous || rules!.SelectAs(previous));
        if (!selectAlike)
            peers.Rebuild(next, rules!);
        else
            peers.Update(next, rules!, changes, current!.HasContestedAddresses);
        if (previous is null || (rules != previous && !(selectAlike && Blocks.CutAlike(rules!, previous))))
            blocks.Rebuild(rules!);
        if (rules != previous && previous is not null && !rules!.AllowAs(previous))
            foreach (var identity in peers.Identities.Concat(blocks.Identities))
                pairs.Set(identity, rules);
        current = next;
        return touched || previous is null;
    }

    private static List<BlockChange> Changes(CompiledBlock[] before, CompiledBlock[] after)
    {
        List<BlockChange> changes = [];
        var (first, last) = Unchanged.Ends<CompiledBlock>(before, after);
        var (beforeEnd, afterEnd) = (before.Length - last, after.Length - last);
        for (int b = first, a = first; b < beforeEnd || a < afterEnd;)
        {
            var order = b == beforeEnd ? 1 : a == afterEnd ? -1
                : ReferenceEquals(before[b], after[a]) ? 0 : string.CompareOrdinal(before[b].Source.Name, after[a].Source.Name);
            var (old, now) = (order <= 0 ? before[b++] : null, order >= 0 ? after[a++] : null);
            if (!ReferenceEquals(old, now))
                changes.Add(new(old, now));
        }

        return changes;
    }

    private static ElementKey InterfaceKey(string name)
    {
        var isPrefix = name.EndsWith('*');
        Span<byte> first = stackalloc byte[16], last = stackalloc byte[16];
        first.Clear();
        last.Fill(isPrefix ? (byte)0xff : (byte)0);
        var bytes = Encoding.UTF8.GetBytes(isPrefix ? name[..^1] : name);
        bytes.CopyTo(first);
        bytes.CopyTo(last);
        return new(MapShape.Number(first), MapShape.Number(last));
    }
}
