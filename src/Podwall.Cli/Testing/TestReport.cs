using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Asserting;
using Podwall.Policy.Explaining;

namespace Podwall.Cli.Testing;

/// <summary>One line of a test file and what became of it.</summary>
/// <param name="Why">The counterexample explained; null where the line holds.</param>
internal sealed record TestCase(string Suite, string Name, SourcePosition Position, AssertionResult Result, Explanation? Why)
{
    public bool Holds => Result.Holds;
}

/// <summary>All lines of all files, and what no line speaks of.</summary>
internal sealed record TestReport(ValueList<TestCase> Cases, ValueList<RuleId> UntestedRules, ValueList<PolicyId> UntestedPolicies, int Rules, int Policies, SourceMap Sources, TimeSpan Took)
{
    public int Failed => Cases.Count(c => !c.Holds);

    public IEnumerable<TestCase> Vacuous => Cases.Where(c => c.Result.IsVacuous);
}
