using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Whole policies that others make superfluous.</summary>
internal sealed class RedundantPolicy : LintRule
{
    public override string Id => "redundant-policy";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "a policy is a duplicate, or neither isolates nor allows anything that others do not";

    public override string Explanation =>
        """
        A policy could be deleted without any change if others isolate the same pods in the same directions and allow all that it allows. Two copies
        of one policy drift apart: somebody edits one of them and wonders why nothing changes.
        Found where that holds in every cluster, by what is written. A policy without rules, such as a default deny, is redundant only beside
        another one without rules: it keeps pods closed when the others go.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var block in context.Compiled.Blocks)
            foreach (var (policy, by) in context.RedundancyOf(block).Policies.AsEnumerable().Reverse())
            {
                var twin = by.Select(b => context.Find(new(b.Namespace!, b.Name)).Source).FirstOrDefault(o => o.Subject == policy.Subject && o.Ingress == policy.Ingress && o.Egress == policy.Egress);
                yield return Find(LintPlace.Of(policy.Id), twin is not null
                    ? $"it says the same as {twin.Id}"
                    : $"{Wording.Few(by.Select(b => $"{b.Namespace}/{b.Name}"))} {(by.Count == 1 ? "isolates and allows" : "isolate and allow")} all that it does") with
                {
                    Fix = "Delete one of them: no flow changes.",
                    Examples = Example(context, block, policy),
                    Related = twin is null ? by : [LintPlace.Of(twin.Id)],
                };
            }
    }

    // What it allows or denies, and others do all the same.
    private static ValueList<LintExample> Example(LintContext context, CompiledBlock block, NetworkPolicy policy) =>
        context.Find(policy.Id).Rules is [var rule, ..] ? context.ExampleOf(Verdict.Allow, rule.Id)
        : context.SubjectsOf(block, policy) is [var subject, ..] ? context.ExampleThat(Verdict.Deny, Wording.Both.First(policy.Governs), subject.Pods[0], context.Anybody(block), Traffic.Everything)
        : [];
}
