using Podwall.Drawing.Text;

namespace Podwall.Cli.Testing;

/// <summary>What became of tests, for the summary of a CI run: the count first, then what failed and what proves nothing.</summary>
internal static class TestMarkdown
{
    public static void Write(TextWriter writer, TestReport report)
    {
        writer.WriteLine($"### podwall test: {report.Cases.Count - report.Failed} of {report.Cases.Count} hold{(report.Vacuous.Any() ? $", {report.Vacuous.Count()} vacuous" : "")}");
        foreach (var one in report.Cases.Where(c => !c.Holds || c.Result.IsVacuous || c.IsUntried))
        {
            writer.WriteLine($"\n- **{(!one.Holds ? "failed" : one.Result.IsVacuous ? "vacuous" : "not tried")}** {MarkdownText.Escaped(one.Name)} {MarkdownText.Code($"{one.Position.File}:{one.Position.Line}")}");
            foreach (var line in About(one, report))
                writer.WriteLine($"  - {MarkdownText.Escaped(line)}");
        }

        if (report.Policies > 0)
            writer.WriteLine($"\n{TestWords.Coverage(report)}.");
    }

    private static IEnumerable<string> About(TestCase one, TestReport report)
    {
        if (one.Result.IsVacuous)
            yield return TestWords.Vacuous(one.Result);
        foreach (var line in one.Why is { } why ? TestWords.Reasons(why, report.Sources).Prepend(TestWords.Verdict(why)) : [])
            yield return line;
        foreach (var line in TestWords.Live(one.Live))
            yield return line;
    }
}
