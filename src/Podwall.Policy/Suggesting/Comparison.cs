namespace Podwall.Policy.Suggesting;

/// <summary>The traffic that one compiled cluster allows and another does not, over the pods of both.</summary>
internal sealed class Comparison
{
    private readonly Connectivity less;
    private readonly Connectivity more;
    private readonly Joint[] joints;

    public Comparison(Compiled less, Compiled more)
    {
        (this.less, this.more) = (Connectivity.Of(less), Connectivity.Of(more));
        var classOf = this.less.Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(e => e.Id, e => e.Class);
        joints =
        [
            .. this.more.Classes.SelectMany(m => m.Pods.Where(p => classOf.ContainsKey(p.Id)).GroupBy(p => classOf[p.Id])
                .Select(g => new Joint(g.Key, m, [.. g], !ReferenceEquals(less.Snapshot.Find(m.Namespace), more.Snapshot.Find(m.Namespace))))),
        ];
    }

    // Pods that are one class on both sides.
    private sealed record Joint(PodClass Less, PodClass More, Pod[] Pods, bool IsChanged);

    public IEnumerable<(Pod[] From, Pod[] To, Traffic Traffic)> Pairs()
    {
        foreach (var to in joints)
        {
            var sources = joints.Where(j => j.IsChanged || to.IsChanged).ToArray();
            if (sources.Length == 0)
                continue;
            var (had, has) = (PerClass(less, to.Less), PerClass(more, to.More));
            foreach (var from in sources)
                if (!(from == to && to.Pods.Length == 1) && has[from.More.Index].Except(had[from.Less.Index]) is { IsNone: false } traffic)
                    yield return (from.Pods, to.Pods, traffic);
        }
    }

    public IEnumerable<(Pod[] Pods, Direction Direction, OutsideReach Reach)> Outside() =>
        from joint in joints
        where joint.IsChanged
        from direction in (Direction[])[Direction.Ingress, Direction.Egress]
        from reach in Gained(less.Outside(joint.Less, direction), more.Outside(joint.More, direction))
        select (joint.Pods, direction, reach);

    private static Traffic[] PerClass(Connectivity connectivity, PodClass destination)
    {
        var traffic = new Traffic[connectivity.Classes.Max(c => c.Index) + 1];
        Array.Fill(traffic, Traffic.None);
        foreach (var inflow in connectivity.Into(destination))
            foreach (var source in inflow.Sources)
                traffic[source.Index] = inflow.Traffic;
        return traffic;
    }

    private static IEnumerable<OutsideReach> Gained(ValueList<OutsideReach> had, ValueList<OutsideReach> has) =>
        from now in has
        from part in had.Select(h => new OutsideReach(now.Addresses.Intersect(h.Addresses), now.Traffic.Except(h.Traffic)))
            .Append(new(had.Aggregate(now.Addresses, (rest, h) => rest.Except(h.Addresses)), now.Traffic))
        where !part.Addresses.IsEmpty && !part.Traffic.IsNone
        select part;
}
