namespace Podwall.Policy.Linting.Rules;

/// <summary><c>policyTypes</c> is left to a default that depends on the rules.</summary>
internal sealed class ImplicitPolicyTypes : LintRule
{
    public override string Id => "implicit-policy-types";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "policyTypes is left out, so that what the policy governs hangs on its rules";

    public override string Explanation =>
        """
        Left out, policyTypes is Ingress, and Egress too if there are egress rules at the moment when the object is created. The result is
        stored: rules that are added later to the same object do nothing. Written out, it says what is meant and stays so.
        Found in files only. --fix writes out what the policy means now, which changes no flow.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (_, policy) in context.Policies)
        {
            if (context.Written(policy.Source.Id) is not { HasTypes: false, StoredTypes: null })
                continue;
            var types = string.Join(", ", Wording.Both.Where(policy.Source.Governs));
            yield return Find(LintPlace.Of(policy.Source.Id, "spec"), $"policyTypes is left out; as the rules are now, it means [{types}]") with
            {
                Matter = "policyTypes",
                Fix = $"Write it out: policyTypes: [{types}].",
                Edit = new LintEdit.Add("spec", "policyTypes", $"[{types}]"),
            };
        }
    }
}
