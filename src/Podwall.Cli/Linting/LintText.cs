using Podwall.Cli.Output;
using Podwall.Drawing.Wording;
using Podwall.Kubernetes.Linting;
using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>The findings for a person: a paragraph each, and what they come to.</summary>
internal static class LintText
{
    public static void Write(Paper paper, LintReport report)
    {
        var any = false;
        foreach (var placed in report.Counting.OrderByDescending(f => f.Severity))
        {
            Write(paper, placed);
            any = true;
        }

        if (any)
            paper.Line();
        Summary(paper, report);
    }

    private static void Write(Paper paper, PlacedFinding placed)
    {
        var finding = placed.Finding;
        paper.Put(Word(placed.Severity), placed.Severity switch { LintSeverity.Error => Ink.Bad, LintSeverity.Warning => Ink.Caution, _ => Ink.Dim });
        paper.Put(placed.Position is { } position ? $"  {position}" : "").Put($"  {finding.Place.Whole}", Ink.Strong).Line($"  {finding.Rule}");
        paper.Line($"  {finding.Message}");
        foreach (var example in finding.Examples)
            paper.Put($"    {example.From} -> {example.To}  {example.Traffic}: ").Line(example.Verdict == Verdict.Allow ? new Piece("allowed", Ink.Good) : new Piece("denied", Ink.Bad));
        foreach (var (place, at) in placed.Related)
            paper.Line(new Piece($"    see {place}{(at is null ? "" : $"  {at}")}", Ink.Dim));
        if (finding.Fix.Length > 0)
            paper.Line(new Piece("  fix: ", Ink.Good), finding.Fix);
    }

    private static void Summary(Paper paper, LintReport report)
    {
        int Of(LintSeverity severity) => report.Counting.Count(f => f.Severity == severity);
        var (count, mendable) = (report.Counting.Count(), report.Counting.Count(f => f.Finding.Edit is not null && f.Position is not null));
        paper.Put(count == 0 ? "nothing found" : $"{Plural.Of(count, "finding")}: ", count == 0 ? Ink.Good : Ink.Plain)
            .Put(string.Join(", ", new[] { (LintSeverity.Error, "error"), (LintSeverity.Warning, "warning"), (LintSeverity.Note, "note") }
                .Where(s => Of(s.Item1) > 0).Select(s => Plural.Of(Of(s.Item1), s.Item2))));
        var (ignored, old) = (report.Findings.Count(f => f.IgnoredBecause is not null), report.Findings.Count(f => f.IsOld));
        if (ignored > 0)
            paper.Put($"; {ignored} ignored");
        if (old > 0)
            paper.Put($"; {old} known from the baseline");
        paper.Line();
        if (report.GoneFromBaseline > 0)
            paper.Line($"{report.GoneFromBaseline} of the baseline no longer found: write it again");
        if (mendable > 0)
            paper.Line($"{mendable} can be mended without changing a flow: --fix (with --dry-run to see the patch)");
        if (count > 0)
            paper.Line(new Piece("podwall lint --explain RULE says what a rule finds, and why", Ink.Dim));
    }

    internal static string Word(LintSeverity severity) => severity.ToString().ToLowerInvariant();
}
