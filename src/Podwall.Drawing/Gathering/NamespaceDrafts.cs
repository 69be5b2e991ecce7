using Podwall.Drawing.Wording;
using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Drafts the boxes of namespaces at a given detail; a namespace that is too full is drawn more coarsely.</summary>
internal sealed class NamespaceDrafts(Evidence before, Evidence after, BoardLimits limits)
{
    private readonly PlaceLabels labels = new(before, after);

    private string[] Names { get; } =
    [
        .. before.Snapshot.Namespaces.Concat(after.Snapshot.Namespaces).Select(n => n.Name).Distinct().Order(StringComparer.Ordinal),
    ];

    public IEnumerable<PlaceDraft> At(Detail detail) => detail == Detail.Profiles ? Profiles() : Names.Select(n => Namespace(n, detail));

    private PlaceDraft Namespace(string name, Detail detail)
    {
        var cards = Cards(name, detail);
        if (cards.Length > limits.CardsPerNamespace && detail < Detail.Classes)
            cards = Cards(name, Detail.Classes);
        if (cards.Length > limits.CardsPerNamespace)
            cards = Cards(name, Detail.Namespaces);
        var block = after.Snapshot.Find(name) ?? before.Snapshot.Find(name)!;
        return new(name, [name], cards) { Labels = labels.Of(block), IsDeclared = block.IsDeclared };
    }

    private CardDraft[] Cards(string name, Detail detail)
    {
        var units = UnitSet.OfPods(before, after, name, byWorkload: detail == Detail.Workloads);
        if (detail == Detail.Namespaces)
            return units.Length == 0 ? [] : [Together(units)];
        return [.. Distinct(units.Select(Alike)).OrderBy(c => c.Name, StringComparer.Ordinal)];
    }

    private static CardDraft Together(Unit[] units)
    {
        var pods = units.Sum(u => u.Pods.Length);
        return units.Length == 1 && units[0].Workloads.Count() == 1
            ? Alike(units[0])
            : new("all pods", pods == 1 ? "" : $"{Plural.Of(units.SelectMany(u => u.Workloads).Distinct().Count(), "workload")}, {Plural.Of(units.Length, "class", "classes")}", units);
    }

    private static CardDraft Alike(Unit unit)
    {
        var workloads = unit.Workloads.OrderBy(w => w.Name, StringComparer.Ordinal).ToArray();
        var relevant = (unit.After ?? unit.Before)!.RelevantLabels;
        return workloads is [var only]
            ? new(only.Name, relevant.ToString(), [unit])
            : new($"{workloads[0].Name} and {workloads.Length - 1} more", $"{Plural.Of(workloads.Length, "workload")} alike", [unit]);
    }

    // A workload whose pods policies tell apart is on the board once for each kind of them.
    private static IEnumerable<CardDraft> Distinct(IEnumerable<CardDraft> cards) => cards.GroupBy(c => c.Name).SelectMany(same =>
        same.Count() == 1 ? same : same.Select((card, index) => card with { Name = $"{card.Name} ({index + 1} of {same.Count()})" }));

    private IEnumerable<PlaceDraft> Profiles() =>
        from name in Names
        let units = UnitSet.OfPods(before, after, name, byWorkload: false)
        where units.Length > 0
        group (Name: name, Units: units) by Profile.Of(units) into alike
        orderby alike.Key.ToString(before == after)
        let names = alike.Select(a => a.Name).ToValueList()
        let all = alike.SelectMany(a => a.Units).ToArray()
        select new PlaceDraft(
            $"{Plural.Of(names.Count, "namespace")}: {alike.Key.ToString(before == after)}",
            names,
            [new("all pods", $"{Plural.Of(all.SelectMany(u => u.Workloads).Distinct().Count(), "workload")}", all)]);
}
