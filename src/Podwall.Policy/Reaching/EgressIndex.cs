using Podwall.Policy.Compiling;

namespace Podwall.Policy.Reaching;

/// <summary>
/// Egress rules turned round: for a destination, which classes may send to it. Rules with the same peer and the same ports
/// are one entry with all their subjects.
/// </summary>
internal sealed class EgressIndex
{
    private readonly Dictionary<PortsKey, BitRow> anyPeer = [];
    private readonly Dictionary<CrossPeer, Dictionary<PortsKey, BitRow>> elsewhere = [];
    private readonly Dictionary<int, Dictionary<PortsKey, BitRow>> networks = [];
    private readonly Dictionary<CompiledBlock, List<(CompiledRule Rule, BitRow Subjects)>> here = [];

    public EgressIndex(ClassTable classes, Zones zones)
    {
        var subjects = new Dictionary<CompiledRule, List<int>>();
        foreach (var member in classes.All)
            foreach (var rule in member.Group.Egress?.Rules ?? [])
            {
                if (!subjects.TryGetValue(rule, out var list))
                    subjects[rule] = list = [];
                list.Add(member.Index);
            }

        var pending = new Dictionary<(Dictionary<PortsKey, BitRow>, PortsKey), HashSet<int>>();
        foreach (var (rule, list) in subjects)
        {
            var key = new PortsKey(rule.Numbered, [.. rule.Named]);
            if (rule.AnyPeer)
                Pend(anyPeer, key, list);
            foreach (var pair in rule.Elsewhere)
                Pend(In(elsewhere, pair), key, list);
            if (rule.Networks is not null)
                Pend(In(networks, zones.NumberOf(rule)), new(rule.Numbered, []), list);
            if (rule.Here.Length > 0)
            {
                if (!here.TryGetValue(rule.Block, out var rules))
                    here[rule.Block] = rules = [];
                rules.Add((rule, BitRow.Of(list)));
            }
        }

        foreach (var ((index, key), members) in pending)
            index[key] = BitRow.Of(members);

        void Pend(Dictionary<PortsKey, BitRow> index, PortsKey key, List<int> members)
        {
            if (!pending.TryGetValue((index, key), out var set))
                pending[(index, key)] = set = [];
            set.UnionWith(members);
        }
    }

    /// <summary>What the isolated ones among some classes may send to a class, in one family.</summary>
    public Partition Into(PodClass destination, IpFamilies family, BitRow seen)
    {
        if (seen.IsEmpty)
            return new();
        var group = destination.Group;
        // Many rules of few subjects each: their traffic is joined subject by subject before any row is made of it.
        Dictionary<int, Traffic> single = [];
        List<(Traffic, BitRow)> wide = [];
        AddAll(anyPeer);
        foreach (var (pair, rules) in elsewhere)
            if (pair.Selects(group))
                AddAll(rules);
        foreach (var network in destination.Zone.In(family))
            if (networks.TryGetValue(network, out var rules))
                AddAll(rules);
        foreach (var (rule, subjects) in here.GetValueOrDefault(group.Block) ?? [])
            if ((rule.Here[group.Index / 64] & 1UL << group.Index) != 0)
                Add(rule.TrafficTo(group), subjects.And(seen));
        return Joined(single, wide);

        void AddAll(Dictionary<PortsKey, BitRow> rules)
        {
            foreach (var (ports, subjects) in rules)
                if (subjects.And(seen) is { IsEmpty: false } some)
                    Add(ports.TrafficTo(group), some);
        }

        void Add(Traffic traffic, BitRow subjects)
        {
            if (!subjects.IsNarrow)
                wide.Add((traffic, subjects));
            else
                foreach (var subject in subjects.Members())
                    single[subject] = single.TryGetValue(subject, out var known) ? known.Union(traffic) : traffic;
        }
    }

    private static Partition Joined(Dictionary<int, Traffic> single, List<(Traffic, BitRow)> wide)
    {
        var partition = new Partition();
        Dictionary<Traffic, List<int>> members = [];
        foreach (var (subject, traffic) in single)
        {
            if (!members.TryGetValue(traffic, out var list))
                members[traffic] = list = [];
            list.Add(subject);
        }

        foreach (var (traffic, list) in members)
            partition.Append(traffic, BitRow.Of(list));
        foreach (var (traffic, row) in wide)
            partition.Add(traffic, row);
        return partition;
    }

    private static Dictionary<PortsKey, BitRow> In<TKey>(Dictionary<TKey, Dictionary<PortsKey, BitRow>> index, TKey key)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var rules))
            index[key] = rules = [];
        return rules;
    }

    private sealed record PortsKey(Traffic Numbered, ValueList<PortMatch.Named> Named)
    {
        public Traffic TrafficTo(LabelGroup destination) =>
            Named.Aggregate(Numbered, (traffic, name) => traffic.Union(Traffic.Of(name.Protocol, destination.PortsNamed(name))));
    }
}
