using System.Collections.Concurrent;
using Podwall.Policy.Compiling;

namespace Podwall.Policy.Reaching;

/// <summary>The classes looked at that have, or may have, an address of one family, and those of them that no egress policy isolates.</summary>
internal sealed class View(ClassTable classes, IpFamilies family, BitRow present, BitRow free)
{
    private readonly ConcurrentDictionary<CrossPeer, BitRow> selected = [];

    public IpFamilies Family { get; } = family;

    public BitRow Present { get; } = present;

    public BitRow Free { get; } = free;

    public bool HasIsolated { get; } = !present.Except(free).IsEmpty;

    /// <summary>The classes looked at that the selectors of a rule pick.</summary>
    public BitRow Selected(CompiledRule rule)
    {
        var row = rule.Here.Length > 0 ? classes.SelectedHere(rule, Present) : BitRow.Empty;
        foreach (var pair in rule.Elsewhere)
            row = row.Or(selected.GetOrAdd(pair, static (p, view) => view.classes.Selected(p).And(view.Present), (classes, Present)));
        return row;
    }
}
