using Podwall.Policy;

namespace Podwall.Drawing.Gathering;

/// <summary>Adds up what passes between the units of two cards.</summary>
internal sealed class Tally
{
    private Traffic union = Traffic.None;
    private Traffic common = Traffic.Everything;
    private int pairs;

    public Allowance Allowance => new(union, pairs == 0 ? Extent.Absent : union == common ? Extent.Every : Extent.Some);

    public void Add(Traffic traffic)
    {
        pairs++;
        if (!ReferenceEquals(traffic, union))
            union = pairs == 1 ? traffic : union.Union(traffic);
        if (!ReferenceEquals(traffic, common))
            common = pairs == 1 ? traffic : common.Intersect(traffic);
    }
}

/// <summary>All that a board knows about traffic from one card to another.</summary>
internal sealed class Cell
{
    public Tally Before { get; } = new();

    public Tally After { get; } = new();

    public bool Gained { get; set; }

    public bool Lost { get; set; }

    public Passage Passage => new(Before.Allowance, After.Allowance, Gained, Lost);

    public bool IsDrawn => !(Before.Allowance.IsNone && After.Allowance.IsNone);
}

/// <summary>What connections must share to be drawn as one.</summary>
internal readonly record struct Passage(Allowance Before, Allowance After, bool Gained, bool Lost)
{
    public Connection Between(End from, End to) => new(from, to, Before, After) { Gained = Gained, Lost = Lost };
}
