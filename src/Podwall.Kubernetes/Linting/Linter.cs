using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>Runs lint's rules over an input, places what they find, and applies configuration, comments and baseline.</summary>
public static class Linter
{
    public static LintReport Run(Manifests manifests, LintConfiguration? configuration = null, LintBaseline? baseline = null)
    {
        configuration ??= LintConfiguration.Default;
        List<Diagnostic> diagnostics = [];
        var facts = LintFactsReader.Of(manifests) with { Enforcer = configuration.Enforcer };
        Suppressions suppressions = new(manifests, diagnostics);
        var findings = LintRules.Check(manifests.Snapshot, facts, r => !configuration.IsOff(r.Id))
            .Select(f => Placed(manifests, f) with { Severity = configuration.SeverityOf(f) })
            .Select(f => f with { IgnoredBecause = suppressions.ReasonFor(f) ?? configuration.ReasonFor(f) })
            .OrderBy(f => f.Position is null).ThenBy(f => f.Position ?? default).ThenBy(f => f.Finding.Place.ToString(), StringComparer.Ordinal).ThenBy(f => f.Finding.Rule, StringComparer.Ordinal)
            .ToList();
        diagnostics.AddRange(suppressions.Unused);
        var gone = 0;
        if (baseline is not null)
            (findings, gone) = baseline.Apply(findings);
        return new(findings.ToValueList(), diagnostics.ToValueList()) { GoneFromBaseline = gone };
    }

    private static PlacedFinding Placed(Manifests manifests, LintFinding finding) => new(finding, manifests.Sources.PositionOf(finding.Place) ?? NamespaceOf(manifests, finding.Place))
    {
        Related = finding.Related.Select(r => (r, manifests.Sources.PositionOf(r))).ToValueList(),
    };

    // A namespace that no file declares is found where something is put into it.
    private static SourcePosition? NamespaceOf(Manifests manifests, LintPlace place) => place.Kind == "Namespace" && manifests.Snapshot.Find(place.Name) is { } block
        ? block.Policies.Select(p => manifests.Sources.Of(p.Id)).Concat(block.Pods.Select(p => manifests.Sources.Of(p.Id))).FirstOrDefault(p => p is { File.Length: > 0 })
        : null;
}
