using Podwall.Policy.Compiling;
using Podwall.Policy.Reaching;

namespace Podwall.Policy;

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
    private readonly View[] views;
    private readonly BitRow shadows;
    private readonly ILookup<string, PodClass> claims;
    private readonly PodClass[] contenders;
    private IngressMemo? memo;

    private Connectivity(Compiled compiled)
    {
        Compiled = compiled;
        zones = new(compiled);
        classes = new(compiled, zones);
        egress = new(classes, zones);
        var isolated = classes.Isolated(Direction.Egress);
        views = [.. Views().Select(f => (Family: f, Present: classes.With(f))).Select(v => new View(classes, v.Family, v.Present, v.Present.Except(isolated)))];
        Classes = [.. classes.All.Where(c => c.Pods.Count > 0)];
        shadows = BitRow.Of(classes.All.Where(c => c.Pods.Count == 0).Select(c => c.Index));
        contenders = [.. classes.All.Where(c => c.Zone.Contended is not null)];
        claims = contenders.ToLookup(c => c.Zone.Contended!, StringComparer.Ordinal);
    }

    internal Compiled Compiled { get; }

    public static Connectivity Of(Compiled compiled) => new(compiled);

    public IReadOnlyList<PodClass> Classes { get; }

    /// <summary>One more than the largest index of a class: some stand for contenders and have no pods.</summary>
    internal int ClassCount => classes.All.Length;

    // Families are told apart only where an address block and an address can; an unknown address may be of either.
    private IpFamilies[] Views()
    {
        if (zones.Count > 0 && classes.All.Any(c => c.Zone.Families == IpFamilies.Both))
            return [IpFamilies.V4, IpFamilies.V6];
        var known = classes.All.Where(c => c.Zone.Families != IpFamilies.Both || c.Pods.Any(p => p.Addresses.Count > 0))
            .Aggregate(IpFamilies.None, (families, c) => families | c.Zone.Families);
        return known == IpFamilies.None ? [IpFamilies.V4] : [.. new[] { IpFamilies.V4, IpFamilies.V6 }.Where(f => (known & f) != 0)];
    }

    /// <summary>What every class may send to a destination: disjoint groups of sources; a class not listed may send nothing.</summary>
    public IEnumerable<Inflow> Into(PodClass destination) => Into(destination, views);

    /// <summary>As <see cref="Into(PodClass)"/>, from some classes only.</summary>
    internal IEnumerable<Inflow> Into(PodClass destination, View[] seen)
    {
        var perView = Array.ConvertAll(seen, v => Into(destination, v));
        if (seen is [var only])
        {
            // Of classes that have a single family, nothing is claimed about the other one.
            foreach (var (traffic, row) in perView[0].Parts)
                yield return new(row, classes, only.Family == IpFamilies.V4 ? traffic : Traffic.None, only.Family == IpFamilies.V6 ? traffic : Traffic.None) { JudgedOnce = true };
            yield break;
        }

        var left = (V4: perView[0].Parts.Aggregate(BitRow.Empty, (r, p) => r.Or(p.Row)), V6: perView[1].Parts.Aggregate(BitRow.Empty, (r, p) => r.Or(p.Row)));
        foreach (var (v4, rowV4) in perView[0].Parts)
        {
            foreach (var (v6, rowV6) in perView[1].Parts)
                if (rowV4.And(rowV6) is { IsEmpty: false } both)
                    yield return new(both, classes, v4, v6);
            if (rowV4.Except(left.V6) is { IsEmpty: false } alone)
                yield return new(alone, classes, v4, Traffic.None);
        }

        foreach (var (v6, rowV6) in perView[1].Parts)
            if (rowV6.Except(left.V4) is { IsEmpty: false } alone)
                yield return new(alone, classes, Traffic.None, v6);
    }

    /// <summary>What a look at some classes only sees of each family; contenders always, for they are judged together with their rivals.</summary>
    internal View[] Within(BitRow sources)
    {
        var seen = sources.Or(BitRow.Of(contenders.Select(c => c.Index)));
        return Array.ConvertAll(views, v => new View(classes, v.Family, v.Present.And(seen), v.Free.And(seen)));
    }

    /// <summary>The traffic from one class to another, over any family that both have.</summary>
    public Traffic Between(PodClass from, PodClass to) => Into(to, Within(BitRow.OfSorted([from.Index])))
        .Where(i => i.Contains(from)).Aggregate(Traffic.None, (traffic, inflow) => traffic.Union(inflow.Traffic));

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

    private Partition Into(PodClass destination, View view)
    {
        if ((destination.Zone.Families & view.Family) == 0 || view.Present.IsEmpty)
            return new();
        var partition = IntoAlone(destination, view);
        foreach (var rival in RivalsOf(destination))
            partition = partition.And(IntoAlone(rival, view));
        foreach (var source in contenders)
            if (source.Pods.Count > 0)
                partition.Replace(source.Index, RivalsOf(source).Aggregate(partition.Of(source.Index), (t, r) => t.Intersect(partition.Of(r.Index))));
        return partition.Without(shadows).Joined();
    }

    private Partition IntoAlone(PodClass destination, View view)
    {
        var ingress = Ingress(destination, view);
        var letIn = ingress.Parts.Aggregate(BitRow.Empty, (row, part) => row.Or(part.Row));
        var sending = new Partition();
        sending.Append(Traffic.Everything, view.Free);
        if (view.HasIsolated)
            foreach (var (traffic, row) in egress.Into(destination, view.Family, letIn).Parts)
                sending.Append(traffic, row);
        var partition = ingress.And(sending);
        // A contender stands alone in its classes, and always reaches itself.
        foreach (var itself in contenders)
            if (itself.Contender == destination.Contender)
                partition.Replace(itself.Index, Traffic.Everything);
        return partition;
    }

    private Partition Ingress(PodClass destination, View view)
    {
        var partition = new Partition();
        if (destination.Group.Ingress is not { } side)
        {
            partition.Append(Traffic.Everything, view.Present);
            return partition;
        }

        // Classes that the same policies govern mostly follow each other.
        var key = (side, view, destination.Group.NamedPorts);
        if (memo is { } last && last.Key == key)
            return last.Partition;
        Dictionary<Traffic, BitRow> rows = [];
        foreach (var rule in side.Rules)
        {
            var peers = PeersOf(rule, view);
            if (peers.IsEmpty)
                continue;
            var traffic = rule.TrafficTo(destination.Group);
            rows[traffic] = rows.GetValueOrDefault(traffic, BitRow.Empty).Or(peers);
        }

        foreach (var (traffic, row) in rows)
            partition.Add(traffic, row);
        memo = new(key, partition);
        return partition;
    }

    private BitRow PeersOf(CompiledRule rule, View view)
    {
        if (rule.AnyPeer)
            return view.Present;
        var row = view.Selected(rule);
        return rule.Networks is null ? row : row.Or(classes.Held(zones.NumberOf(rule), view.Family).And(view.Present));
    }

    private sealed record IngressMemo((Side, View, ValueList<ContainerPort>) Key, Partition Partition);
}
