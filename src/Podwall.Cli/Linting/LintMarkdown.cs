using Podwall.Kubernetes.Linting;
using Podwall.Policy;

namespace Podwall.Cli.Linting;

/// <summary>The findings as a comment on a pull request: the counts first, then a line each, with the rest folded away.</summary>
internal static class LintMarkdown
{
    public static void Write(TextWriter writer, LintReport report)
    {
        var counting = report.Counting.ToArray();
        writer.WriteLine($"### podwall lint: {(counting.Length == 0 ? "nothing found" : $"{counting.Length} finding{(counting.Length == 1 ? "" : "s")}")}");
        foreach (var placed in counting.OrderByDescending(f => f.Severity))
        {
            writer.WriteLine();
            Write(writer, placed);
        }

        var hidden = report.Findings.Count - counting.Length;
        if (hidden > 0)
            writer.WriteLine($"\n{hidden} more ignored or known from the baseline.");
    }

    private static void Write(TextWriter writer, PlacedFinding placed)
    {
        var finding = placed.Finding;
        writer.WriteLine($"- **{LintText.Word(placed.Severity)}** `{finding.Rule}` {(placed.Position is { } at ? $"{Code($"{at.File}:{at.Line}")} " : "")}{Escaped(finding.Place.Whole)}  ");
        writer.WriteLine($"  {Escaped(finding.Message)}");
        foreach (var example in finding.Examples)
            writer.WriteLine($"  - {Code($"{example.From} -> {example.To} {example.Traffic}")} {(example.Verdict == Verdict.Allow ? "allowed" : "denied")}");
        foreach (var (place, position) in placed.Related)
            writer.WriteLine($"  - see {Escaped($"{place}")}{(position is { } related ? $" {Code($"{related.File}:{related.Line}")}" : "")}");
        if (finding.Fix.Length > 0)
            writer.WriteLine($"  - fix: {Escaped(finding.Fix)}");
    }

    // Names come from files: none may become markup.
    private static string Escaped(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => c is '<' or '>' or '*' or '_' or '`' or '[' or ']' or '|' or '\\' or '#' or '@' ? $"\\{c}" : $"{c}"));

    private static string Code(string text) => $"`{text.ReplaceLineEndings(" ").Replace('`', '\'')}`";
}
