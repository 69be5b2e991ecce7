namespace Podwall.Policy.Linting;

/// <summary>
/// What follows from a selector or a peer in every cluster, whatever its pods are: only so a rule is redundant for good.
/// What cannot be told is not said to follow.
/// </summary>
internal static class Implication
{
    /// <summary>Whether no labels can satisfy the selector.</summary>
    public static bool IsNever(Selector selector) => selector.Requirements.GroupBy(r => r.Key).Any(g => Term.Of(g).IsNever);

    /// <summary>Whether everything that the first selects, the second selects, too.</summary>
    public static bool Implies(this Selector narrow, Selector wide) => narrow == wide || IsNever(narrow)
        || wide.Requirements.All(r => Term.Of(narrow.Requirements.Where(n => n.Key == r.Key)).IsInside(Term.Of([r])));

    /// <summary>Whether every pod of the first peer is one of the second, for a policy of the namespace.</summary>
    public static bool Implies(Peer narrow, Peer wide, string ns) => (Selectors(narrow, ns), Selectors(wide, ns)) is ({ } n, { } w)
        && (IsNever(n.Pods) || IsNever(n.Namespaces) || (n.Namespaces.Implies(w.Namespaces) && n.Pods.Implies(w.Pods)));

    /// <summary>The selectors that stand for a peer; null where it names no pods.</summary>
    // A lone podSelector looks in its own namespace, whose name is always a label of it.
    internal static (Selector Namespaces, Selector Pods)? Selectors(Peer peer, string ns) => peer switch
    {
        Peer.PodsHere(var pods) => (Selector.Of((NamespaceBlock.NameLabel, ns)), pods),
        Peer.PodsIn(var namespaces, var pods) => (namespaces, pods),
        _ => null,
    };

    /// <summary>The values that a key may have: some, or all but some; and whether it may be missing.</summary>
    private sealed record Term(HashSet<string> Values, bool AllBut, bool MayBeMissing)
    {
        public bool IsNever => !MayBeMissing && !AllBut && Values.Count == 0;

        public static Term Of(IEnumerable<Requirement> requirements) => requirements.Aggregate(new Term([], true, true), (term, r) => term.And(r switch
        {
            Requirement.OneOf(_, var values) => new([.. values], false, false),
            Requirement.NoneOf(_, var values) => new([.. values], true, true),
            Requirement.Present => new([], true, false),
            _ => new([], false, true),
        }));

        private Term And(Term other) => (AllBut, other.AllBut) switch
        {
            (true, true) => new([.. Values, .. other.Values], true, MayBeMissing && other.MayBeMissing),
            (true, false) => new([.. other.Values.Except(Values)], false, MayBeMissing && other.MayBeMissing),
            (false, true) => new([.. Values.Except(other.Values)], false, MayBeMissing && other.MayBeMissing),
            _ => new([.. Values.Intersect(other.Values)], false, MayBeMissing && other.MayBeMissing),
        };

        public bool IsInside(Term other) => (!MayBeMissing || other.MayBeMissing) && (AllBut, other.AllBut) switch
        {
            (false, false) => Values.IsSubsetOf(other.Values),
            (false, true) => !Values.Overlaps(other.Values),
            (true, true) => other.Values.IsSubsetOf(Values),
            _ => false,
        };
    }
}
