using Podwall.Cli.Output;
using Podwall.Drawing.Wording;

namespace Podwall.Cli.Testing;

/// <summary>What became of tests, for a person: what failed and why, what proves nothing, and what no test speaks of.</summary>
internal sealed class TestText(Paper paper, bool lists)
{
    private const int MostUntested = 10;

    public void Write(TestReport report)
    {
        foreach (var suite in report.Cases.GroupBy(c => c.Suite))
        {
            paper.Line(new Piece(suite.Key, Ink.Strong), $"   {suite.Count(c => c.Holds)} of {suite.Count()} hold");
            foreach (var one in suite.Where(c => lists || !c.Holds || c.Result.IsVacuous || c.IsUntried))
                Write(one, report);
        }

        WriteCoverage(report);
        paper.Line().Put($"{Plural.Of(report.Cases.Count, "assertion")} over {report.Cases.Sum(c => c.Result.Pairs):N0} pairs: ")
            .Put(report.Failed > 0 ? $"{report.Failed} failed" : "all hold", report.Failed > 0 ? Ink.Bad : Ink.Good).Line(report.Vacuous.Any() ? $", {report.Vacuous.Count()} vacuous" : "");
        if (report.Cases.Any(c => c.Live is not null))
            paper.Line($"{Plural.Of(report.Cases.Sum(c => c.Live!.Tried), "connection")} tried in the cluster, {report.Cases.Sum(c => c.Live!.Wrong.Count)} not as expected{(report.Untried.Any() ? $"; {Plural.Of(report.Untried.Count(), "assertion")} could not be tried" : "")}");
    }

    private void Write(TestCase one, TestReport report)
    {
        paper.Line("  ", one.Holds ? one.Result.IsVacuous ? new Piece("vacuous", Ink.Caution) : new Piece("ok     ", Ink.Good) : new Piece("FAILED ", Ink.Bad), $"  {one.Name}", new Piece($"   ({one.Position.File}:{one.Position.Line})", Ink.Dim));
        if (one.Result.IsVacuous)
            paper.Line($"           {TestWords.Vacuous(one.Result)}");
        if (one.Why is { } why)
        {
            paper.Line($"           {TestWords.Verdict(why)}");
            foreach (var reason in TestWords.Reasons(why, report.Sources))
                paper.Line($"             {reason}");
        }

        foreach (var line in TestWords.Live(one.Live))
            paper.Line($"           {line}");
    }

    private void WriteCoverage(TestReport report)
    {
        if (report.Policies == 0)
            return;
        paper.Line().Line(TestWords.Coverage(report));
        foreach (var rule in report.UntestedRules.Take(MostUntested))
            paper.Line(new Piece($"  no test needs   {rule.Spoken}{(report.Sources.Of(rule) is { } at ? $" ({at.File}:{at.Line})" : "")}", Ink.Dim));
        foreach (var policy in report.UntestedPolicies.Take(MostUntested))
            paper.Line(new Piece($"  no test relies on the isolation by   {policy}{(report.Sources.Of(policy) is { } at ? $" ({at.File}:{at.Line})" : "")}", Ink.Dim));
        var left = Math.Max(0, report.UntestedRules.Count - MostUntested) + Math.Max(0, report.UntestedPolicies.Count - MostUntested);
        if (left > 0)
            paper.Line(new Piece($"  and {left} more; -o json has them", Ink.Dim));
    }
}
