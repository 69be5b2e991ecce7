using Podwall.Drawing.Text;
using Podwall.Drawing.Wording;
using Podwall.Kubernetes.Linting;
using Podwall.Policy;

namespace Podwall.Cli.Linting;

/// <summary>The findings as a comment on a pull request: the counts first, then a line each, with the rest folded away.</summary>
internal static class LintMarkdown
{
    public static void Write(TextWriter writer, LintReport report)
    {
        var counting = report.Counting.ToArray();
        writer.WriteLine($"### podwall lint: {(counting.Length == 0 ? "nothing found" : Plural.Of(counting.Length, "finding"))}");
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
        writer.WriteLine($"- **{LintText.Word(placed.Severity)}** `{finding.Rule}` {(placed.Position is { } at ? $"{MarkdownText.Code($"{at.File}:{at.Line}")} " : "")}{MarkdownText.Escaped(finding.Place.Whole)}  ");
        writer.WriteLine($"  {MarkdownText.Escaped(finding.Message)}");
        foreach (var example in finding.Examples)
            writer.WriteLine($"  - {MarkdownText.Code($"{example.From} -> {example.To} {example.Traffic}")} {(example.Verdict == Verdict.Allow ? "allowed" : "denied")}");
        foreach (var (place, position) in placed.Related)
            writer.WriteLine($"  - see {MarkdownText.Escaped($"{place}")}{(position is { } related ? $" {MarkdownText.Code($"{related.File}:{related.Line}")}" : "")}");
        if (finding.Fix.Length > 0)
            writer.WriteLine($"  - fix: {MarkdownText.Escaped(finding.Fix)}");
    }
}
