namespace Podwall.Policy.Reaching;

/// <summary>Disjoint sets of classes, each with the traffic that is allowed between it and one fixed end.</summary>
internal sealed class Partition
{
    private readonly List<(Traffic Traffic, BitRow Row)> parts = [];

    public IReadOnlyList<(Traffic Traffic, BitRow Row)> Parts => parts;

    /// <summary>Allows traffic for some classes, on top of what they have.</summary>
    public void Add(Traffic traffic, BitRow row)
    {
        if (traffic.IsNone)
            return;
        var rest = row;
        for (int i = 0, known = parts.Count; i < known && !rest.IsEmpty; i++)
        {
            var common = parts[i].Row.And(rest);
            if (common.IsEmpty)
                continue;
            rest = rest.Except(common);
            var union = parts[i].Traffic.Union(traffic);
            if (union == parts[i].Traffic)
                continue;
            parts[i] = (parts[i].Traffic, parts[i].Row.Except(common));
            parts.Add((union, common));
        }

        if (!rest.IsEmpty)
            parts.Add((traffic, rest));
        parts.RemoveAll(p => p.Row.IsEmpty);
    }

    /// <summary>As <see cref="Add"/>, for classes of which no part speaks yet.</summary>
    public void Append(Traffic traffic, BitRow row)
    {
        if (!traffic.IsNone && !row.IsEmpty)
            parts.Add((traffic, row));
    }

    /// <summary>The same, for some of the classes only.</summary>
    public Partition Within(BitRow row)
    {
        var within = new Partition();
        foreach (var (traffic, members) in parts)
            within.Append(traffic, members.And(row));
        return within;
    }

    /// <summary>What both partitions allow.</summary>
    public Partition And(Partition other)
    {
        var both = new Partition();
        foreach (var (traffic, row) in parts)
            foreach (var (otherTraffic, otherRow) in other.parts)
                if (row.And(otherRow) is { IsEmpty: false } common && traffic.Intersect(otherTraffic) is { IsNone: false } allowed)
                    both.parts.Add((allowed, common));
        return both;
    }

    /// <summary>The same parts, with those of equal traffic joined.</summary>
    public Partition Joined()
    {
        if (parts.Count < 2)
            return this;
        var joined = new Partition();
        Dictionary<Traffic, int> index = [];
        foreach (var (traffic, row) in parts)
        {
            if (index.TryAdd(traffic, joined.parts.Count))
                joined.parts.Add((traffic, row));
            else
                joined.parts[index[traffic]] = (traffic, joined.parts[index[traffic]].Row.Or(row));
        }

        return joined;
    }

    public Partition Without(BitRow row)
    {
        if (!row.IsEmpty)
        {
            for (var i = 0; i < parts.Count; i++)
                parts[i] = (parts[i].Traffic, parts[i].Row.Except(row));
            parts.RemoveAll(p => p.Row.IsEmpty);
        }

        return this;
    }

    public Traffic Of(int member)
    {
        foreach (var (traffic, row) in parts)
            if (row.Contains(member))
                return traffic;
        return Traffic.None;
    }

    public void Replace(int member, Traffic traffic)
    {
        var row = BitRow.Of([member]);
        Without(row);
        if (!traffic.IsNone)
            parts.Add((traffic, row));
    }
}
