using Podwall.Policy;
using Podwall.Policy.Compiling;

namespace Podwall.Nftables.Lowering;

/// <summary>A rule that governs local pods, and the sides of signatures that hold it.</summary>
internal sealed class LocalRule(int number, CompiledRule rule, Policy.Rule source)
{
    public int Number { get; } = number;

    /// <summary>Of the namespace as it was compiled last.</summary>
    public CompiledRule Rule { get; set; } = rule;

    public Policy.Rule Source { get; } = source;

    public List<(Signature Signature, int Side)> Sides { get; } = [];
}

/// <summary>The rules that govern the pods of this node, found from the peers that they select.</summary>
internal sealed class LocalRules
{
    private readonly Dictionary<string, List<LocalRule>> here = [];
    private readonly Dictionary<int, List<(int Pods, LocalRule Rule)>> elsewhere = [];
    private readonly List<LocalRule> toNamedPorts = [];
    private readonly ILookup<string, LocalRule> byNamespace;

    public LocalRules(Compiled compiled, IEnumerable<Signature> signatures)
    {
        Dictionary<RuleId, LocalRule> byId = [];
        foreach (var signature in signatures.OrderBy(s => s.Text, StringComparer.Ordinal))
            for (var side = 0; side < signature.Sides.Length; side++)
                foreach (var rule in signature.Sides[side].Rules)
                {
                    if (!byId.TryGetValue(rule.Id, out var local))
                        byId[rule.Id] = local = new(byId.Count, rule, compiled.SourceOf(rule));
                    local.Sides.Add((signature, side));
                }

        All = [.. byId.Values.OrderBy(r => r.Number)];
        byNamespace = All.ToLookup(r => r.Rule.Id.Policy.Namespace);
        foreach (var rule in All)
            Index(rule);
    }

    /// <summary>By number.</summary>
    public LocalRule[] All { get; }

    /// <summary>Takes over a namespace that was compiled anew, whose policies and signatures are the same.</summary>
    public void Follow(CompiledBlock block)
    {
        if (!byNamespace.Contains(block.Source.Name))
            return;
        var compiled = block.Policies.SelectMany(p => p.Rules).ToDictionary(r => r.Id);
        foreach (var local in byNamespace[block.Source.Name])
            local.Rule = compiled[local.Rule.Id];
    }

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
            && (ReferenceEquals(p.First.Source, p.Second.Source) || (p.First.Source.Peers == p.Second.Source.Peers && Asked(p.First).SequenceEqual(Asked(p.Second)))));

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
        return new(distinct, group.NamedPorts.Count == 0 ? [] : group.NamedPorts.Where(p => distinct.Any(n => Array.Exists(Asked(All[n]), a => a.Means(p)))).ToValueList());
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

    // On ingress the port is the subject's.
    private static PortMatch.Named[] Asked(LocalRule local) => local.Rule.Id.Direction == Direction.Egress ? local.Rule.Named : [];
}

/// <summary>The numbers of the rules that select some pods, and the names of their ports that matter to those rules.</summary>
internal readonly record struct Row(ValueList<int> Rules, ValueList<ContainerPort> Names)
{
    public static Row Empty { get; } = new([], []);

    public bool IsEmpty => Rules.Count == 0;
}
