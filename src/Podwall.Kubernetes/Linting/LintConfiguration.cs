using System.IO.Enumeration;
using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>What a team has decided: which rules count and how much, what to ignore, when to fail.</summary>
public sealed record LintConfiguration
{
    public const string Kind = "LintConfiguration";

    public static LintConfiguration Default { get; } = new();

    /// <summary>The least severity that fails a run; null where none does.</summary>
    public LintSeverity? FailOn { get; init; } = LintSeverity.Warning;

    /// <summary>Another severity for a rule; null is off.</summary>
    public IReadOnlyDictionary<string, LintSeverity?> Rules { get; init; } = new Dictionary<string, LintSeverity?>();

    public ValueList<IgnoredPlace> Ignored { get; init; } = [];

    /// <summary>What enforces policies in the cluster, where lint could not know it.</summary>
    public string? Enforcer { get; init; }

    /// <summary>The file of the baseline, as it is written; null where there is none.</summary>
    public string? Baseline { get; init; }

    public bool IsOff(string rule) => Rules.TryGetValue(rule, out var severity) && severity is null;

    public LintSeverity SeverityOf(LintFinding finding) => Rules.TryGetValue(finding.Rule, out var severity) && severity is { } given ? given : finding.Severity;

    public string? ReasonFor(PlacedFinding finding) => Ignored.FirstOrDefault(i => i.Covers(finding))?.Reason;
}

/// <summary>Findings to ignore: of one rule or of all, in objects by <c>namespace/name</c> or in files, by globs.</summary>
public sealed record IgnoredPlace(string? Rule, string? Within, string? File, string Reason)
{
    public bool Covers(PlacedFinding finding) => (Rule is null || Rule == finding.Finding.Rule)
        && (Within is null || Matches(Within, finding.Finding.Place.Namespace is { } ns ? $"{ns}/{finding.Finding.Place.Name}" : finding.Finding.Place.Name))
        && (File is null || (finding.Position is { } position && Matches(File, position.File)));

    private static bool Matches(string glob, string text) => FileSystemName.MatchesSimpleExpression(glob, text, ignoreCase: false);
}

/// <summary>A configuration, and all that is wrong with it.</summary>
public sealed record LintConfigurationReading(LintConfiguration Configuration, ValueList<Diagnostic> Diagnostics);
