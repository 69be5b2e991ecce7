using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Rules, peers and ports that others make superfluous.</summary>
internal sealed class RedundantRule : LintRule
{
    public override string Id => "redundant-rule";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "a rule, a peer or a port allows nothing that others do not allow already";

    public override string Explanation =>
        """
        Rules only ever add, and order never matters: what another rule for the same pods allows, a second one allows in vain. Such a rule misleads
        its readers, most of all the one who deletes it to close something.
        Found where the other rules allow the same in every cluster, by what is written: their subjects, selectors, blocks and ports hold those of
        the rule. That the same pods happen to match today is no finding. All that is found can be taken away at once; --fix does so where
        something of the list is left, which changes no flow.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context) => context.Compiled.Blocks.SelectMany(b => Check(context, b));

    private IEnumerable<LintFinding> Check(LintContext context, CompiledBlock block)
    {
        var redundancy = context.RedundancyOf(block);
        var gone = redundancy.Rules.CountBy(r => (r.Rule.Policy, r.Rule.Direction)).ToDictionary();
        foreach (var (rule, by) in redundancy.Rules.AsEnumerable().Reverse())
            yield return Find(LintPlace.Of(rule), $"{By(rule, by)} all that this rule lets through") with
            {
                Matter = Matter(context, rule),
                Examples = context.ExampleOf(Verdict.Allow, rule),
                Fix = "Take the rule away.",
                Related = by.Select(r => LintPlace.Of(r)).ToValueList(),
                Edit = gone[(rule.Policy, rule.Direction)] < RulesOf(context, rule).Count ? new LintEdit.Remove(rule.Path) : null,
            };
        foreach (var (rule, peer, by) in redundancy.Peers.AsEnumerable().Reverse())
        {
            var place = LintPlace.OfPeer(rule, peer);
            yield return Find(place, $"{By(rule, by)} all that this peer lets through") with
            {
                Matter = $"{rule.Direction.Word()} {RulesOf(context, rule)[rule.Index].Peers[peer]}",
                Examples = context.ExampleOf(Verdict.Allow, rule, [RulesOf(context, rule)[rule.Index].Peers[peer]]),
                Fix = "Take the peer away.",
                Related = by.Where(r => r != rule).Select(r => LintPlace.Of(r)).ToValueList(),
                Edit = new LintEdit.Remove(place.Field),
            };
        }

        foreach (var (policy, rule) in redundancy.Left.Reverse())
            foreach (var finding in Ports(context, rule.Id, LintContext.Source(policy.Source, rule.Id)))
                yield return finding;
    }

    private IEnumerable<LintFinding> Ports(LintContext context, RuleId id, Rule rule)
    {
        HashSet<int> gone = [];
        for (var i = rule.Ports.Count - 1; i >= 0; i--)
        {
            var others = Enumerable.Range(0, rule.Ports.Count).Where(o => o != i && !gone.Contains(o)).Select(o => rule.Ports[o]).Where(o => o.Protocol == rule.Ports[i].Protocol).ToArray();
            if (!(rule.Ports[i] is PortMatch.Named ? others.Any(o => o == rule.Ports[i] || o is PortMatch.AllPorts) : PortsOf(rule.Ports[i]).Except(PortSet.Of(others.SelectMany(o => PortsOf(o).Ranges))).IsEmpty))
                continue;
            gone.Add(i);
            var place = LintPlace.OfPort(id, i);
            yield return Find(place, $"other entries of the same rule already allow {rule.Ports[i]}") with
            {
                Matter = $"{id.Direction.Word()} {rule.Ports[i]}",
                Examples = context.ExampleOf(Verdict.Allow, id, within: Traffic.Of(rule.Ports[i].Protocol, PortsOf(rule.Ports[i]))),
                Fix = "Take the entry away.",
                Edit = new LintEdit.Remove(place.Field),
            };
        }
    }

    private static PortSet PortsOf(PortMatch port) => port switch
    {
        PortMatch.AllPorts => PortSet.All,
        PortMatch.Numbered(_, var range) => PortSet.Of(range),
        _ => PortSet.Empty,
    };

    private static string By(RuleId rule, ValueList<RuleId> by) =>
        by.All(b => b == rule) ? "other peers of the rule already let through" : $"{Wording.Few(by.Where(b => b != rule).Select(b => b.Spoken))} already {(by.Count == 1 ? "lets" : "let")} through";

    private static ValueList<Rule> RulesOf(LintContext context, RuleId rule) => context.Find(rule.Policy).Source.Rules(rule.Direction)!.Value;

    private static string Matter(LintContext context, RuleId rule) => string.Join(' ', Suggesting.PolicyYaml.Of(RulesOf(context, rule)[rule.Index], rule.Direction));
}
