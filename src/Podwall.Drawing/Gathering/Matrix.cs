using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>What passes between the cards of a draft, cell by cell.</summary>
internal sealed class Matrix
{
    private readonly Evidence before;
    private readonly Evidence after;
    private readonly BoardLens lens;
    private readonly Dictionary<(int From, int To), Cell> cells = [];
    private readonly HashSet<(int Card, Phase Phase, Direction Direction)> passing = [];

    public Matrix(Evidence before, Evidence after, IReadOnlyList<CardDraft> cards, BoardLens? lens = null)
    {
        (this.before, this.after, this.lens) = (before, after, lens ?? BoardLens.Everything);
        var units = cards.SelectMany((c, index) => c.Units.Select(u => (Card: index, Unit: u))).ToArray();
        // Evidence is read one destination at a time.
        foreach (var to in units.OrderBy(u => u.Unit.After?.Index).ThenBy(u => u.Unit.Before?.Index))
            foreach (var from in units)
                Add(from.Card, from.Unit, to.Card, to.Unit);
        Cells = [.. cells.OrderBy(c => c.Key)];
    }

    /// <summary>The cells of two cards between which policies govern some pair of pods, or of a pod and an address.</summary>
    public IReadOnlyList<KeyValuePair<(int From, int To), Cell>> Cells { get; }

    /// <summary>Whether anything passes out of, or into, a card: of all that there is, whatever the lens shows of it.</summary>
    public bool Passes(int card, Phase phase, Direction direction) => passing.Contains((card, phase, direction));

    private void Add(int fromCard, Unit from, int toCard, Unit to)
    {
        if ((from.IsOutside && to.IsOutside) || (from == to && !from.HasInnerPairs))
            return;
        // What no policy governs is open, which the marks say.
        if (!IsGoverned(Phase.After, from, to) && !IsGoverned(Phase.Before, from, to))
            return;
        var now = Passing(Phase.After, from, to);
        var then = before == after ? now : Passing(Phase.Before, from, to);
        Note(Phase.After, now);
        Note(Phase.Before, then);
        if (!lens.Shows(from, to))
            return;
        if (!cells.TryGetValue((fromCard, toCard), out var cell))
            cells[(fromCard, toCard)] = cell = new();
        var seen = now?.Intersect(lens.Only);
        Count(cell, seen, ReferenceEquals(now, then) ? seen : then?.Intersect(lens.Only));

        void Note(Phase phase, Traffic? traffic)
        {
            if (traffic is null or { IsNone: true })
                return;
            passing.Add((fromCard, phase, Direction.Egress));
            passing.Add((toCard, phase, Direction.Ingress));
        }
    }

    private static void Count(Cell cell, Traffic? now, Traffic? then)
    {
        if (now is not null)
            cell.After.Add(now);
        if (then is not null)
            cell.Before.Add(then);
        if (now is null || then is null || ReferenceEquals(now, then))
            return;
        cell.Gained |= !now.Except(then).IsNone;
        cell.Lost |= !then.Except(now).IsNone;
    }

    private static bool IsGoverned(Phase phase, Unit from, Unit to) =>
        from.Exists(phase) && to.Exists(phase) && (from.IsIsolated(phase, Direction.Egress) || to.IsIsolated(phase, Direction.Ingress));

    /// <summary>What passes at a phase; null where one of the two is not there.</summary>
    private Traffic? Passing(Phase phase, Unit from, Unit to)
    {
        var evidence = phase == Phase.Before ? before : after;
        return (from.At(phase), to.At(phase)) switch
        {
            ({ } sender, { } receiver) => evidence.Between(sender, receiver),
            ({ } sender, null) when to.IsOutside => OutsideUnits.TrafficIn(evidence.Outside(sender, Direction.Egress), to.Addresses),
            (null, { } receiver) when from.IsOutside => OutsideUnits.TrafficIn(evidence.Outside(receiver, Direction.Ingress), from.Addresses),
            _ => null,
        };
    }
}
