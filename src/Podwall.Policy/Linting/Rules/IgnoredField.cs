namespace Podwall.Policy.Linting.Rules;

/// <summary>Fields that a server fills in or ignores.</summary>
internal sealed class IgnoredField : LintRule
{
    public override string Id => "ignored-field";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "a file holds a field that the API server ignores, or fills in itself";

    public override string Explanation =>
        """
        A policy that was copied out of a cluster carries what belongs to the server: its status (which NetworkPolicy no longer has, and which newer API
        servers refuse), uid, resourceVersion, managedFields and the like. They mean nothing for traffic; a resourceVersion even keeps apply from
        working later.
        Found in files only. --fix takes them away, which changes no flow.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var written in context.Facts.Written.AsEnumerable())
            foreach (var (field, why) in written.Ignored.AsEnumerable())
                yield return Find(LintPlace.Of(written.Id, field), $"{field} {why}") with { Matter = field, Fix = "Take it away.", Edit = new LintEdit.Remove(field) };
    }
}
