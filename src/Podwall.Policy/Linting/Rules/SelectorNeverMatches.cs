namespace Podwall.Policy.Linting.Rules;

/// <summary>A selector that contradicts itself.</summary>
internal sealed class SelectorNeverMatches : LintRule
{
    public override string Id => "selector-never-matches";

    public override LintSeverity Severity => LintSeverity.Error;

    public override string Title => "a selector contradicts itself, so that nothing can ever match it";

    public override string Explanation =>
        """
        All terms of a selector must hold at once. Terms such as "app In (a)" and "app NotIn (a)", or a matchLabels entry beside an In
        without its value, leave nothing to match, whatever pods there are.
        Found in subjects and peers; all operators count.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (_, policy) in context.Policies)
            if (Implication.IsNever(policy.Source.Subject))
                yield return Found(LintPlace.Of(policy.Source.Id, "spec.podSelector"), policy.Source.Subject, "the policy governs no pod");
        foreach (var rule in context.Rules)
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                foreach (var selector in rule.Source.Peers[i].Selectors.Where(Implication.IsNever))
                    yield return Found(LintPlace.OfPeer(rule.Id, i), selector, "this peer lets nothing through") with { Examples = Example(context, rule, selector) };
    }

    // Who satisfies some of the terms was probably meant.
    private static ValueList<LintExample> Example(LintContext context, RuleInContext rule, Selector selector) => context.SubjectsOf(rule.Block, rule.Policy) is [var subject, ..]
        ? context.ExampleThat(Verdict.Deny, rule.Direction, subject.Pods[0],
            context.Snapshot.Pods.Where(p => context.Compiled.Options.IsOrdinary(p) && selector.Requirements.Any(r => r is not Requirement.Absent && p.Labels[r.Key] is not null && r.Holds(p.Labels))).Select(p => context.Compiled.At(p)),
            rule.Compiled.Numbered)
        : [];

    private LintFinding Found(LintPlace place, Selector selector, string consequence) =>
        Find(place, $"{selector} can never hold: {consequence}") with { Matter = $"{selector}", Fix = "Take one of the terms away; for either of two values write one In with both." };
}
