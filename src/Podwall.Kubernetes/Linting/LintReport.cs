using Podwall.Policy;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>A finding with its place in the input, and why it does not count, where it does not.</summary>
public sealed record PlacedFinding(LintFinding Finding, SourcePosition? Position)
{
    public ValueList<(LintPlace Place, SourcePosition? Position)> Related { get; init; } = [];

    /// <summary>What it weighs, after the configuration.</summary>
    public LintSeverity Severity { get; init; } = Finding.Severity;

    /// <summary>The reason that somebody gave for ignoring it; null where nobody did.</summary>
    public string? IgnoredBecause { get; init; }

    /// <summary>It was there when the baseline was written.</summary>
    public bool IsOld { get; init; }

    public bool Counts => IgnoredBecause is null && !IsOld;

    /// <summary>What names the finding when lines move: rule, object, and the part that is meant.</summary>
    public string Key => $"{Finding.Rule} | {Finding.Place.Whole} | {Finding.Matter}";
}

/// <summary>What lint found, sorted by place, and what is wrong with the way it was told what to ignore.</summary>
public sealed record LintReport(ValueList<PlacedFinding> Findings, ValueList<Diagnostic> Diagnostics)
{
    public IEnumerable<PlacedFinding> Counting => Findings.Where(f => f.Counts);

    /// <summary>Entries of the baseline that nothing was found for.</summary>
    public int GoneFromBaseline { get; init; }

    /// <summary>Unknown rules and missing reasons: nothing is to be believed then.</summary>
    public bool IsBroken => Diagnostics.AsEnumerable().Any(d => d.Severity == Kubernetes.Severity.Error);
}
