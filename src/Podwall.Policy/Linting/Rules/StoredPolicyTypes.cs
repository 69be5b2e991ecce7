using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>The default of <c>policyTypes</c> was stored when the object was created, and is not the file's any more.</summary>
internal sealed class StoredPolicyTypes : LintRule
{
    public override string Id => "stored-policy-types";

    public override LintSeverity Severity => LintSeverity.Error;

    public override string Title => "the cluster has stored a default of policyTypes that the file no longer means";

    public override string Explanation =>
        """
        The API server fills policyTypes in when an object is created and stores it. If egress rules are added later to a file that leaves
        policyTypes out, applying it does not change what is stored, and the new rules do nothing.
        Found with --live: a file leaves policyTypes to the default, and the cluster holds another one for the object.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (block, policy) in context.Policies)
        {
            if (context.Written(policy.Source.Id) is not { StoredTypes: { } stored, HasTypes: false } written)
                continue;
            var meant = Wording.Both.Where(d => policy.Source.Governs(d) || written.Inert(d).Count > 0).ToValueList();
            if (meant.AsSpan().SequenceEqual(stored.AsSpan()))
                continue;
            yield return Find(LintPlace.Of(policy.Source.Id, "spec"),
                $"policyTypes is left out, which in this file is [{string.Join(", ", meant)}]; the cluster has stored [{string.Join(", ", stored)}] for the object, and applying the file will not change it") with
            {
                Matter = "policyTypes",
                Examples = Example(context, block, policy.Source, meant.Except(stored)),
                Fix = $"Write it out: policyTypes: [{string.Join(", ", meant)}].",
            };
        }
    }

    // What passes, though the file would govern it.
    private static ValueList<LintExample> Example(LintContext context, CompiledBlock block, NetworkPolicy policy, IEnumerable<Direction> forgotten) =>
        context.SubjectsOf(block, policy) is [var subject, ..] ? forgotten.SelectMany(d => context.OpenToOutside(d, subject.Pods[0])).ToValueList() : [];
}
