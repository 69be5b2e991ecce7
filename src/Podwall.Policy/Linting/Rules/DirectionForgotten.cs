namespace Podwall.Policy.Linting.Rules;

/// <summary>Rules under a direction that <c>policyTypes</c> does not list: they are inert.</summary>
internal sealed class DirectionForgotten : LintRule
{
    public override string Id => "direction-forgotten";

    public override LintSeverity Severity => LintSeverity.Error;

    public override string Title => "a policy has rules for a direction that its policyTypes does not list";

    public override string Explanation =>
        """
        policyTypes lists the directions that a policy governs. Rules of a direction that is not listed are stored and do nothing: they neither
        isolate nor allow. Where no other policy governs that direction, everything stays open; where one does, what the rules would allow stays
        denied.
        Found wherever such rules are written. policyTypes that is left out is no finding: it then is Ingress, and Egress if there are egress
        rules.
        """;

    public override (string Wrong, string Right) Shown => (
        """
        policyTypes: [Ingress]
        egress:
        - to: [{podSelector: {matchLabels: {app: database}}}]
        """,
        """
        policyTypes: [Ingress, Egress]
        egress:
        - to: [{podSelector: {matchLabels: {app: database}}}]
        """);

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (block, policy) in context.Policies)
            foreach (var direction in Wording.Both)
            {
                if (context.Written(policy.Source.Id)?.Inert(direction) is not { Count: > 0 } inert)
                    continue;
                var subjects = context.SubjectsOf(block, policy.Source);
                var open = subjects.FirstOrDefault(s => s.SideOf(direction) is null);
                var rules = inert.Count == 1 ? $"{direction.Word()} rule does" : $"{inert.Count} {direction.Word()} rules do";
                yield return Find(LintPlace.Of(policy.Source.Id, direction.Field()),
                    $"its {rules} nothing, because policyTypes does not list {direction}: "
                    + (open is not null || subjects.Length == 0
                        ? $"its pods may {(direction == Direction.Egress ? "send anything anywhere" : "be reached by anyone")}"
                        : $"its pods are isolated by {Wording.Few(subjects[0].SideOf(direction)!.Policies.Select(p => $"{p}"))}, and what the rules would allow is denied unless those allow it")) with
                {
                    Matter = direction.Word(),
                    Fix = $"List it: policyTypes: [{string.Join(", ", Wording.Both.Where(d => d == direction || policy.Source.Governs(d)))}]; or take the rules away.",
                    Examples = open is null ? [] : context.OpenToOutside(direction, open.Pods[0]),
                };
            }
    }
}
