using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Rules of two policies that allow partly the same.</summary>
internal sealed class OverlappingRules : LintRule
{
    public override string Id => "overlapping-rules";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "rules of two policies allow partly the same, so that taking one away closes less than it seems";

    public override string Explanation =>
        """
        Two policies for the same pods name the same peers with ports that overlap and where neither holds the other's. Whoever removes one of them to
        close a port finds it open still.
        Found where subject and peers are the same as written and the ports overlap in part. Policies that merely select the same pods, such as a
        default deny beside others, are no finding.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var block in context.Compiled.Blocks)
        {
            var alike = block.Policies.SelectMany(p => p.Rules, (p, r) => (Policy: p.Source, Compiled: r, Source: LintContext.Source(p.Source, r.Id)))
                .Where(r => !r.Source.AnyPort && !r.Compiled.Numbered.IsNone)
                .GroupBy(r => (r.Policy.Subject, r.Compiled.Id.Direction, r.Source.Peers));
            foreach (var rules in alike.Where(g => g.Select(r => r.Policy.Id).Distinct().Skip(1).Any()).Select(g => g.ToArray()))
                for (var i = 1; i < rules.Length; i++)
                    if (rules[..i].FirstOrDefault(o => o.Policy != rules[i].Policy && IsPartial(o.Compiled, rules[i].Compiled)) is { Policy: not null } other)
                        yield return Find(LintPlace.Of(rules[i].Compiled.Id), $"{other.Compiled.Id.Spoken} is for the same pods and peers and also allows {other.Compiled.Numbered.Intersect(rules[i].Compiled.Numbered)}") with
                        {
                            Examples = context.ExampleOf(Verdict.Allow, rules[i].Compiled.Id, within: other.Compiled.Numbered),
                            Matter = string.Join(' ', Suggesting.PolicyYaml.Of(rules[i].Source, rules[i].Compiled.Id.Direction)),
                            Fix = "Make one rule of the two, or give each port to one of them.",
                            Related = [LintPlace.Of(other.Compiled.Id)],
                        };
        }
    }

    private static bool IsPartial(CompiledRule one, CompiledRule other) => !one.Numbered.Intersect(other.Numbered).IsNone
        && !(one.Numbered.Except(other.Numbered).IsNone && one.Named.Length == 0) && !(other.Numbered.Except(one.Numbered).IsNone && other.Named.Length == 0);
}
