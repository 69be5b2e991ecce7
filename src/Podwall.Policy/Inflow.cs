using Podwall.Policy.Reaching;

namespace Podwall.Policy;

/// <summary>Some classes and the exact traffic that each of them may send to one destination, per family.</summary>
public readonly record struct Inflow
{
    internal Inflow(BitRow sources, ClassTable classes, Traffic overV4, Traffic overV6) =>
        (Row, this.classes, OverV4, OverV6) = (sources, classes, overV4, overV6);

    private readonly ClassTable classes;

    internal BitRow Row { get; }

    public Traffic OverV4 { get; }

    public Traffic OverV6 { get; }

    public Traffic Traffic => OverV4.Union(OverV6);

    /// <summary>No address block could tell the families apart, so the one that was judged stands for both.</summary>
    internal bool JudgedOnce { get; init; }

    /// <summary>Whether the families allow different traffic, as far as both ends have both.</summary>
    public bool FamiliesDiffer => !JudgedOnce && OverV4 != OverV6;

    public int SourceCount => Row.Count;

    /// <summary>How many pods the sources are, without listing them.</summary>
    public int PodCount => classes.PodsIn(Row);

    public IEnumerable<PodClass> Sources
    {
        get
        {
            var all = classes.All;
            return Row.Members().Select(m => all[m]);
        }
    }

    public bool Contains(PodClass source) => Row.Contains(source.Index);
}
