using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>A rule that governs local pods, and the sides of signatures that hold it.</summary>
internal sealed record LocalRule(int Number, CompiledRule Rule, Policy.Rule Source, List<(Signature Signature, int Side)> Sides);

/// <summary>The rules that govern the pods of this node, found from the peers that they select.</summary>
internal sealed class LocalRules
{
    private readonly Dictionary<string, List<LocalRule>> here = [];
    private readonly Dictionary<int, List<(int Pods, LocalRule Rule)>> elsewhere = [];
    private readonly List<LocalRule> toNamedPorts = [];

    public LocalRules(Compiled compiled, IEnumerable<Signature> signatures)
    {
        Dictionary<RuleId, LocalRule> byId = [];
        foreach (var signature in signatures.OrderBy(s => s.Text, StringComparer.Ordinal))
            for (var side = 0; side < signature.Sides.Length; side++)
                foreach (var rule in signature.Sides[side].Rules)
                {
                    if (!byId.TryGetValue(rule.Id, out var local))
                        byId[rule.Id] = local = new(byId.Count, rule, compiled.SourceOf(rule), []);
                    local.Sides.Add((signature, side));
                }

        All = [.. byId.Values.OrderBy(r => r.Number)];
        foreach (var rule in All)
            Index(rule);
    }

    /// <summary>By number.</summary>
    public LocalRule[] All { get; }

    private void Index(LocalRule local)
    {
        var rule = local.Rule;
        if (rule.Here.Length > 0)
            Listed(here, rule.Block.Source.Name).Add(local);
        foreach (var peer in rule.Elsewhere)
            Listed(elsewhere, peer.Namespaces).Add((peer.Pods, local));
        if (rule.AnyPeer && rule.Named.Length > 0 && rule.Id.Direction == Direction.Egress)
            toNamedPorts.Add(local);

        static List<T> Listed<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key) where TKey : notnull =>
            lists.TryGetValue(key, out var list) ? list : lists[key] = [];
    }

    /// <summary>Whether the two select the same peers by the same numbers, so that what one told of them, the other would.</summary>
    public bool SelectAs(LocalRules other) => All.Length == other.All.Length
        && All.Zip(other.All).All(p => p.First.Rule.Id == p.Second.Rule.Id
            && (ReferenceEquals(p.First.Source, p.Second.Source) || (p.First.Source.Peers == p.Second.Source.Peers && AsksNames(p.First) == AsksNames(p.Second))));

    /// <summary>Whether the two allow the same to the same signatures.</summary>
    public bool AllowAs(LocalRules other) => SelectAs(other)
        && All.Zip(other.All).All(p => (ReferenceEquals(p.First.Source, p.Second.Source) || p.First.Source == p.Second.Source)
            && p.First.Sides.Select(s => (s.Signature.Id, s.Side)).SequenceEqual(p.Second.Sides.Select(s => (s.Signature.Id, s.Side))));

    /// <summary>The rules that select the pods of a group, and the names of their ports where those rules ask for them.</summary>
    public Row RowOf(CompiledBlock block, LabelGroup group, IReadOnlyList<(int Pods, LocalRule Rule)> candidates)
    {
        List<int>? numbers = null;
        if (here.TryGetValue(block.Source.Name, out var own))
            foreach (var rule in own)
                if ((rule.Rule.Here[group.Index / 64] & 1UL << group.Index) != 0)
                    (numbers ??= []).Add(rule.Number);
        foreach (var (pods, rule) in candidates)
            if (group.Selection.By(pods))
                (numbers ??= []).Add(rule.Number);
        foreach (var rule in toNamedPorts)
            if (rule.Rule.Named.Any(n => !group.PortsNamed(n).IsEmpty))
                (numbers ??= []).Add(rule.Number);
        if (numbers is null)
            return Row.Empty;
        numbers.Sort();
        var distinct = numbers.Distinct().ToValueList();
        return new(distinct, distinct.Any(n => AsksNames(All[n])) ? group.NamedPorts : []);
    }

    /// <summary>The pod selectors that may select in a namespace.</summary>
    public IReadOnlyList<(int Pods, LocalRule Rule)> CandidatesIn(CompiledBlock block)
    {
        List<(int, LocalRule)>? found = null;
        foreach (var (namespaces, rules) in elsewhere)
            if (block.Namespace.By(namespaces))
                (found ??= []).AddRange(rules);
        return found ?? [];
    }

    private static bool AsksNames(LocalRule local) => local.Rule.Id.Direction == Direction.Egress && local.Rule.Named.Length > 0;
}

/// <summary>The numbers of the rules that select some pods, and the names of their ports that matter to those rules.</summary>
internal readonly record struct Row(ValueList<int> Rules, ValueList<ContainerPort> Names)
{
    public static Row Empty { get; } = new([], []);

    public bool IsEmpty => Rules.Count == 0;
}
