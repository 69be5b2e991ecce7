using Podwall.Policy.Compiling;
using Podwall.Policy.Reaching;

namespace Podwall.Policy;

/// <summary>Some classes and the exact traffic that each of them may send to one destination, per family.</summary>
public readonly record struct Inflow
{
    internal Inflow(BitRow sources, PodClass[] classes, Traffic overV4, Traffic overV6) =>
        (Row, this.classes, OverV4, OverV6) = (sources, classes, overV4, overV6);

    private readonly PodClass[] classes;

    internal BitRow Row { get; }

    public Traffic OverV4 { get; }

    public Traffic OverV6 { get; }

    public Traffic Traffic => OverV4.Union(OverV6);

    /// <summary>No address block could tell the families apart, so the one that was judged stands for both.</summary>
    internal bool JudgedOnce { get; init; }

    public int SourceCount => Row.Count;

    public IEnumerable<PodClass> Sources
    {
        get
        {
            var all = classes;
            return Row.Members().Select(m => all[m]);
        }
    }
}

/// <summary>Addresses outside the cluster and the exact traffic between each of them and one class.</summary>
public readonly record struct OutsideReach(AddressSet Addresses, Traffic Traffic);

/// <summary>
/// Who can reach whom, exactly, for every class of pods: computed one destination at a time, on rows of classes, so that
/// a large cluster never stands in memory as pairs.
/// </summary>
public sealed class Connectivity
{
    private readonly ClassTable classes;
    private readonly Zones zones;
    private readonly EgressIndex egress;
    private readonly BitRow isolatedEgress;
    private readonly (IpFamilies Family, BitRow Present)[] views;
    private readonly BitRow shadows;
    private readonly ILookup<string, PodClass> claims;

    private Connectivity(Compiled compiled)
    {
        zones = new(compiled);
        classes = new(compiled, zones);
        egress = new(classes, zones);
        isolatedEgress = classes.Isolated(Direction.Egress);
        views = [.. Views(compiled).Select(f => (f, classes.With(f)))];
        Classes = [.. classes.All.Where(c => c.Pods.Count > 0)];
        shadows = BitRow.Of(classes.All.Where(c => c.Pods.Count == 0).Select(c => c.Index));
        claims = classes.All.Where(c => c.Zone.Contended is not null).ToLookup(c => c.Zone.Contended!, StringComparer.Ordinal);
    }

    public static Connectivity Of(Compiled compiled) => new(compiled);

    public IReadOnlyList<PodClass> Classes { get; }

    // Families are told apart only where an address block and an address can.
    private IpFamilies[] Views(Compiled compiled)
    {
        var known = IpFamilies.None;
        foreach (var member in classes.All)
            if (member.Zone.Families != IpFamilies.Both || member.Pods.Any(p => p.Addresses.Count > 0))
                known |= member.Zone.Families;
        var families = known | zones.Families;
        return families == IpFamilies.None ? [IpFamilies.V4]
            : zones.Count == 0 && known != IpFamilies.Both ? [known == IpFamilies.None ? IpFamilies.V4 : known]
            : [.. new[] { IpFamilies.V4, IpFamilies.V6 }.Where(f => (families & f) != 0)];
    }

    /// <summary>What every class may send to a destination: disjoint groups of sources; a class not listed may send nothing.</summary>
    public IEnumerable<Inflow> Into(PodClass destination)
    {
        var perView = views.Select(v => Into(destination, v.Family, v.Present)).ToArray();
        if (views is [var (only, _)])
        {
            // Of classes that have a single family, nothing is claimed about the other one.
            foreach (var (traffic, row) in perView[0].Parts)
                yield return new(row, classes.All, only == IpFamilies.V4 ? traffic : Traffic.None, only == IpFamilies.V6 ? traffic : Traffic.None) { JudgedOnce = true };
            yield break;
        }

        var left = (V4: perView[0].Parts.Aggregate(BitRow.Empty, (r, p) => r.Or(p.Row)), V6: perView[1].Parts.Aggregate(BitRow.Empty, (r, p) => r.Or(p.Row)));
        foreach (var (v4, rowV4) in perView[0].Parts)
        {
            foreach (var (v6, rowV6) in perView[1].Parts)
                if (rowV4.And(rowV6) is { IsEmpty: false } both)
                    yield return new(both, classes.All, v4, v6);
            if (rowV4.Except(left.V6) is { IsEmpty: false } alone)
                yield return new(alone, classes.All, v4, Traffic.None);
        }

        foreach (var (v6, rowV6) in perView[1].Parts)
            if (rowV6.Except(left.V4) is { IsEmpty: false } alone)
                yield return new(alone, classes.All, Traffic.None, v6);
    }

    /// <summary>The traffic from one class to another, over any family that both have.</summary>
    public Traffic Between(PodClass from, PodClass to) =>
        views.Aggregate(Traffic.None, (traffic, view) => traffic.Union(Into(to, view.Family, view.Present).Of(from.Index)));

    /// <summary>The outside addresses that a class can reach, or that can reach it: disjoint sets that cover all with any traffic.</summary>
    public ValueList<OutsideReach> Outside(PodClass member, Direction direction)
    {
        var parts = OutsideParts.Of(member.Group, direction);
        foreach (var rival in RivalsOf(member))
            parts = OutsideParts.Both(parts, OutsideParts.Of(rival.Group, direction));
        return [.. parts];
    }

    // The classes that stand for other pods at the same address: what they may not do, the pod may not.
    private IEnumerable<PodClass> RivalsOf(PodClass member) => member.Zone.Contended is { } address ? claims[address].Where(c => c != member) : [];

    private Partition Into(PodClass destination, IpFamilies family, BitRow present)
    {
        if ((destination.Zone.Families & family) == 0)
            return new();
        var partition = IntoAlone(destination, family, present);
        foreach (var rival in RivalsOf(destination))
            partition = partition.And(IntoAlone(rival, family, present));
        foreach (var source in claims.SelectMany(c => c).Where(c => c.Pods.Count > 0).ToArray())
            partition.Replace(source.Index, RivalsOf(source).Aggregate(partition.Of(source.Index), (t, r) => t.Intersect(partition.Of(r.Index))));
        return partition.Without(shadows).Joined();
    }

    private Partition IntoAlone(PodClass destination, IpFamilies family, BitRow present)
    {
        var ingress = Ingress(destination, family, present);
        var sending = new Partition();
        sending.Add(Traffic.Everything, present.Except(isolatedEgress));
        if (!isolatedEgress.IsEmpty)
            foreach (var (traffic, row) in egress.Into(destination, family).Parts)
                sending.Add(traffic, row.And(present));
        var partition = ingress.And(sending);
        // A contender stands alone in its classes, and always reaches itself.
        foreach (var itself in claims.SelectMany(c => c).Where(c => c.Contender == destination.Contender))
            partition.Replace(itself.Index, Traffic.Everything);
        return partition;
    }

    private Partition Ingress(PodClass destination, IpFamilies family, BitRow present)
    {
        var partition = new Partition();
        if (destination.Group.Ingress is not { } side)
        {
            partition.Add(Traffic.Everything, present);
            return partition;
        }

        Dictionary<Traffic, BitRow> rows = [];
        foreach (var rule in side.Rules)
        {
            var traffic = rule.TrafficTo(destination.Group);
            rows[traffic] = rows.GetValueOrDefault(traffic, BitRow.Empty).Or(PeersOf(rule, family, present));
        }

        foreach (var (traffic, row) in rows)
            partition.Add(traffic, row.And(present));
        return partition;
    }

    private BitRow PeersOf(CompiledRule rule, IpFamilies family, BitRow present)
    {
        if (rule.AnyPeer)
            return present;
        var row = classes.Selected(rule);
        return rule.Networks is null ? row : row.Or(classes.Held(zones.NumberOf(rule), family));
    }
}
