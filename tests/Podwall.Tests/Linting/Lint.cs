using Podwall.Kubernetes;
using Podwall.Kubernetes.Linting;

namespace Podwall.Tests.Linting;

/// <summary>Short ways to lint texts and files in tests.</summary>
internal static class Lint
{
    public static LintReport Run(string text, LintConfiguration? configuration = null) => Linter.Run(ManifestReader.Read([("f.yaml", text)]), configuration);

    /// <summary>What one rule finds.</summary>
    public static PlacedFinding[] Find(string rule, string text) => [.. Run(text).Counting.Where(f => f.Finding.Rule == rule)];

    public static PlacedFinding One(string rule, string text) => Assert.Single(Find(rule, text));

    /// <summary>Each finding in a line.</summary>
    public static IEnumerable<string> Lines(LintReport report, string root) => report.Findings.Select(f =>
        $"{f.Severity.ToString().ToLowerInvariant()} {f.Finding.Rule} {(f.Position is { } at ? $"{at.File.Replace(root + "/", "", StringComparison.Ordinal)}:{at.Line} " : "")}{f.Finding.Place}: {f.Finding.Message}"
        + string.Concat(f.Finding.Examples.Select(e => $" | {e}")));

    public static void AssertGolden(string name, string actual)
    {
        var path = Checkout.At("tests", "Podwall.Tests", "Linting", "Golden", name);
        if (Environment.GetEnvironmentVariable("PODWALL_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual, ignoreLineEndingDifferences: true);
    }
}
