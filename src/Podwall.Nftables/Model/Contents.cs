namespace Podwall.Nftables.Model;

/// <summary>What every map should hold that follows from policy; tombstones and the stamp follow from what happened in the kernel.</summary>
public sealed class Contents
{
    private readonly Dictionary<string, MapContent> byName;

    public Contents(Maps? maps = null) => byName = (maps ?? Maps.Instance).All.Where(s => s.Kind != MapKind.Expiring && s.Name != Maps.Instance.Stamp.Name).ToDictionary(s => s.Name, s => new MapContent(s));

    public IEnumerable<MapContent> All => byName.Values;

    public MapContent this[MapShape shape] => byName[shape.Name];

    public IReadOnlyList<MapDelta> Pending() => [.. All.Select(c => c.Pending()).OfType<MapDelta>()];

    /// <summary>The kernel holds what it should.</summary>
    public void Committed()
    {
        foreach (var content in All)
            content.Committed();
    }
}
