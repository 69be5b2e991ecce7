using Podwall.Cli.Output;
using Podwall.Kubernetes.Linting;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>The findings as JUnit XML: a test a finding, and one for each rule that found nothing.</summary>
internal static class LintJunit
{
    public static void Write(Terminal terminal, LintReport report, LintSeverity? failOn)
    {
        var quiet = LintRules.All.Where(r => !report.Findings.Any(f => f.Finding.Rule == r.Id));
        Junit.Write(terminal, [("podwall lint", [.. report.Findings.Select(f => CaseOf(f, failOn)), .. quiet.Select(r => new JunitCase($"lint.{r.Id}", r.Title))])]);
    }

    private static JunitCase CaseOf(PlacedFinding placed, LintSeverity? failOn)
    {
        JunitCase one = new($"lint.{placed.Finding.Rule}", $"{placed.Finding.Place}", placed.Position);
        return !placed.Counts ? one with { Skipped = placed.IgnoredBecause ?? "known from the baseline" }
            : failOn is { } least && placed.Severity >= least ? one with { Failure = (placed.Finding.Message, Detail(placed)) }
            : one with { Remarks = $"{placed.Finding.Message}\n{Detail(placed)}" };
    }

    private static string Detail(PlacedFinding placed) => string.Join('\n',
        new[] { placed.Position is { } at ? $"{at}" : "" }.Where(p => p.Length > 0).Concat(placed.Finding.Examples.Select(e => $"{e}")).Concat(placed.Finding.Fix.Length > 0 ? [$"fix: {placed.Finding.Fix}"] : []));
}
