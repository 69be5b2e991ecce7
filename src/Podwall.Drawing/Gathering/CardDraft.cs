using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>A card before its connections are known.</summary>
internal sealed record CardDraft(string Name, string Detail, Unit[] Units)
{
    public bool IsWholePlace { get; init; }

    public Card Finish(string place, Func<Phase, Direction, bool> passes) => new(place, Name)
    {
        Detail = Detail,
        IsWholePlace = IsWholePlace,
        Pods = Units.SelectMany(u => u.Pods).Select(p => p.Id).OrderBy(p => p.Namespace, StringComparer.Ordinal)
            .ThenBy(p => p.Name, StringComparer.Ordinal).ToValueList(),
        Addresses = AddressSet.Of(Units.SelectMany(u => u.Addresses.Ranges)),
        Before = Marks(Phase.Before, passes),
        After = Marks(Phase.After, passes),
    };

    private Marks? Marks(Phase phase, Func<Phase, Direction, bool> passes) => Units.Any(u => u.At(phase) is not null)
        ? new(MarkOf(phase, Direction.Ingress, passes), MarkOf(phase, Direction.Egress, passes))
        : null;

    private Mark MarkOf(Phase phase, Direction direction, Func<Phase, Direction, bool> passes)
    {
        var isolated = Units.Where(u => u.Exists(phase)).Select(u => u.IsIsolated(phase, direction)).Distinct().ToArray();
        return isolated is [var all] ? !all ? Mark.Open : passes(phase, direction) ? Mark.Isolated : Mark.Closed : Mark.Partly;
    }
}

/// <summary>A place before its connections are known.</summary>
internal sealed record PlaceDraft(string Name, ValueList<string> Namespaces, CardDraft[] Cards)
{
    public ValueList<string> Labels { get; init; } = [];

    public bool IsDeclared { get; init; } = true;

    public bool IsOutside => Namespaces.Count == 0;

    public Place Finish(ValueList<Card> cards) =>
        new(Name, Namespaces, cards) { Labels = Labels, IsDeclared = IsDeclared, IsComplete = cards.Count == Cards.Length };
}
