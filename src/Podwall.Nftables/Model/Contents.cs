using Podwall.Policy;

namespace Podwall.Nftables.Model;

/// <summary>What every map of a table should hold.</summary>
public sealed class Contents
{
    private readonly Dictionary<string, MapContent> byName;

    public Contents(TableMaps? maps = null) => byName = (maps ?? Maps.Instance).OfPolicy.ToDictionary(s => s.Name, s => new MapContent(s));

    public IEnumerable<MapContent> All => byName.Values;

    /// <summary>A number that differs where the contents differ, whatever led to them.</summary>
    public ElementKey Digest => new(All.Aggregate(0UL, (all, c) => all ^ c.Digest));

    public MapContent this[MapShape shape] => byName[shape.Name];

    /// <summary>Of policy only: the map that opens an address.</summary>
    public MapContent ReadyOf(Address address) => this[Maps.Instance.Ready[address.Family]];

    public IReadOnlyList<MapDelta> Pending() => [.. All.Select(c => c.Pending()).OfType<MapDelta>()];

    /// <summary>The kernel holds what it should.</summary>
    public void Committed()
    {
        foreach (var content in All)
            content.Committed();
    }
}
