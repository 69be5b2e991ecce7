using Podwall.Cli.Output;

namespace Podwall.Cli.Testing;

/// <summary>What became of tests, as JUnit XML: a suite a file, a test a line.</summary>
internal static class TestJunit
{
    public static void Write(Terminal terminal, TestReport report) =>
        Junit.Write(terminal, report.Cases.GroupBy(c => c.Suite).Select(s => (s.Key, (IReadOnlyList<JunitCase>)[.. s.Select(c => CaseOf(c, report))])), report.Took);

    private static JunitCase CaseOf(TestCase one, TestReport report)
    {
        JunitCase shown = new(one.Suite, one.Name, one.Position);
        string[] live = [.. TestWords.Live(one.Live)];
        if (one.Holds)
            return shown with { Remarks = string.Join('\n', one.Result.IsVacuous ? [$"vacuous: {TestWords.Vacuous(one.Result)}", .. live] : live) };
        return shown with
        {
            Failure = one.Why is { } why ? (TestWords.Verdict(why), string.Join('\n', TestWords.Reasons(why, report.Sources).Concat(live))) : (live[0], string.Join('\n', live)),
        };
    }
}
