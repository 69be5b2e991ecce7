using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>
/// What of one namespace's policies could be taken away, all at once, without a change to any flow in any cluster: policies
/// first, then rules, then peers and ports.
/// </summary>
internal sealed class Redundancy
{
    private readonly RuleIndex index;
    private readonly CompiledBlock block;
    private readonly HashSet<PolicyId> gonePolicies = [];
    private readonly HashSet<RuleId> goneRules = [];
    private readonly HashSet<(RuleId, int)> gonePeers = [];

    public Redundancy(LintContext context, CompiledBlock block)
    {
        (index, this.block) = (context.IndexOf(block), block);
        // From the end, so that of two that are alike the later one goes.
        foreach (var policy in block.Policies.Reverse())
            if (CoverOf(policy) is { } cover)
            {
                gonePolicies.Add(policy.Source.Id);
                Policies.Add((policy.Source, cover));
            }

        foreach (var (policy, rule) in Left)
            if (CoverOf(policy, rule) is { } cover)
            {
                goneRules.Add(rule.Id);
                Rules.Add((rule.Id, cover));
            }

        foreach (var (policy, rule) in Left)
            FindPeers(policy, rule);
    }

    public List<(NetworkPolicy Policy, ValueList<LintPlace> By)> Policies { get; } = [];

    public List<(RuleId Rule, ValueList<RuleId> By)> Rules { get; } = [];

    public List<(RuleId Rule, int Peer, ValueList<RuleId> By)> Peers { get; } = [];

    /// <summary>The rules that stay, the last one first.</summary>
    public IEnumerable<(CompiledPolicy Policy, CompiledRule Rule)> Left =>
        block.Policies.Where(p => !gonePolicies.Contains(p.Source.Id)).Reverse().SelectMany(p => p.Rules.Reverse(), (p, r) => (p, r)).Where(l => !goneRules.Contains(l.r.Id));

    private ValueList<LintPlace>? CoverOf(CompiledPolicy policy)
    {
        List<PolicyId> by = [];
        foreach (var direction in Wording.Both.Where(policy.Source.Governs))
        {
            var rules = policy.Rules.Where(r => r.Id.Direction == direction).ToArray();
            foreach (var rule in rules)
            {
                if (Cover(policy.Source, rule, c => c.Id.Policy != policy.Source.Id) is not { } cover)
                    return null;
                by.AddRange(cover.Select(c => c.Policy));
            }

            // What covers a rule isolates the same pods already.
            if (rules.Length > 0)
                continue;
            // What only isolates is there to stay closed when the others go: only another such one makes it redundant.
            Coverage coverage = new(index, policy.Source, direction);
            if ((coverage.Isolating(p => by.Contains(p.Id) && OnlyIsolates(p)) ?? coverage.Isolating(OnlyIsolates)) is not { } isolating)
                return null;
            by.Add(isolating.Id);

            bool OnlyIsolates(NetworkPolicy other) => other.Rules(direction)!.Value.Count == 0 && !gonePolicies.Contains(other.Id);
        }

        return [.. by.Distinct().Select(p => LintPlace.Of(p))];
    }

    private ValueList<RuleId>? CoverOf(CompiledPolicy policy, CompiledRule rule) => Cover(policy.Source, rule, c => c.Id != rule.Id);

    private ValueList<RuleId>? Cover(NetworkPolicy policy, CompiledRule rule, Predicate<(RuleId Id, int? Peer)> counts)
    {
        var source = LintContext.Source(policy, rule.Id);
        Coverage coverage = new(index, policy, rule.Id.Direction);
        List<RuleId> by = [];
        foreach (var peer in source.AnyPeer ? [null] : source.Peers.Select(p => (Peer?)p))
        {
            if (coverage.OfPeer(rule, peer, c => Stays(c) && counts(c)) is not { } cover)
                return null;
            by.AddRange(cover);
        }

        return [.. by.Distinct()];
    }

    private void FindPeers(CompiledPolicy policy, CompiledRule rule)
    {
        var source = LintContext.Source(policy.Source, rule.Id);
        Coverage coverage = new(index, policy.Source, rule.Id.Direction);
        var left = source.Peers.Count;
        // The last peer of a rule never goes: without any, the rule would be for everyone.
        for (var i = source.Peers.Count - 1; i >= 0 && left > 1; i--)
        {
            var own = (rule.Id, i);
            if (coverage.OfPeer(rule, source.Peers[i], c => Stays(c) && c != own) is not { } cover)
                continue;
            left--;
            gonePeers.Add(own);
            Peers.Add((rule.Id, i, cover.Distinct().ToValueList()));
        }
    }

    private bool Stays((RuleId Id, int? Peer) part) => !gonePolicies.Contains(part.Id.Policy) && !goneRules.Contains(part.Id)
        && (part.Peer is not { } peer || !gonePeers.Contains((part.Id, peer)));
}
