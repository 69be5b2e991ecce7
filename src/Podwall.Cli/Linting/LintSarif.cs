using System.Security.Cryptography;
using System.Text;
using Podwall.Cli.Output;
using Podwall.Kubernetes.Linting;
using Podwall.Policy.Linting;

namespace Podwall.Cli.Linting;

/// <summary>The findings as SARIF; what does not count is marked as suppressed.</summary>
internal static class LintSarif
{
    public static void Write(Terminal terminal, LintReport report) => Sarif.Write(terminal,
        [.. LintRules.All.Select(r => new SarifRule(r.Id, r.Title, r.Explanation.ReplaceLineEndings(" "), LintExplanation.Text(r), LintText.Word(r.Severity)))],
        report.Findings.Select(ResultOf));

    private static SarifResult ResultOf(PlacedFinding placed)
    {
        var finding = placed.Finding;
        var sentences = new[] { finding.Place.Whole + ": " + finding.Message }.Concat(finding.Examples.Select(e => $"{e}")).Concat(finding.Fix.Length > 0 ? [$"Fix: {finding.Fix}"] : []);
        return new(finding.Rule, LintText.Word(placed.Severity), string.Join('\n', sentences), new(placed.Position, $"{finding.Place}"),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(placed.Key)))[..32])
        {
            Related = [.. placed.Related.Select(r => new SarifPlace(r.Position, $"{r.Place}"))],
            Suppression = placed.Counts ? null : (placed.IgnoredBecause ?? "known from the baseline", !placed.IsOld),
        };
    }
}
