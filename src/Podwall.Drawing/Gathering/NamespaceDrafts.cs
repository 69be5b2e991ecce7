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

    public IEnumerable<PlaceDraft> At(Detail detail) => Names.Select(n => Namespace(n, detail));

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
            : new("all pods", pods == 1 ? "" : $"{Plural.Of(units.SelectMany(u => u.Workloads).Distinct().Count(), "workload")}, {Plural.Of(units.Length, "class", "classes")}", units) { IsWholePlace = true };
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

    /// <summary>Namespaces that play the same part in one box, with at most so many parts.</summary>
    public IEnumerable<PlaceDraft> Kin(PlaceDraft outside, int most)
    {
        var places = Names.Select(n => Namespace(n, Detail.Namespaces)).Where(p => p.Cards.Length > 0).ToArray();
        CardDraft[] cards = [.. outside.Cards, .. places.Select(p => p.Cards[0])];
        var parts = Kinship.Of(cards, new(before, after, cards), most)[outside.Cards.Length..];
        return places.Zip(parts).GroupBy(p => p.Second, p => p.First).Select(alike => alike.Count() == 1 ? alike.First() : Bundle([.. alike]));
    }

    private static PlaceDraft Bundle(PlaceDraft[] alike)
    {
        var units = alike.SelectMany(p => p.Cards[0].Units).ToArray();
        var detail = Plural.Of(units.SelectMany(u => u.Workloads).Distinct().Count(), "workload");
        return new($"{alike.Length} namespaces like {alike[0].Name}", alike.Select(p => p.Name).ToValueList(), [new("all pods", detail, units) { IsWholePlace = true }]);
    }
}
