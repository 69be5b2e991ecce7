using Podwall.Cli.Testing.Live;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Asserting;
using Podwall.Policy.Explaining;

namespace Podwall.Cli.Testing;

/// <summary>One line of a test file and what became of it.</summary>
/// <param name="Why">The counterexample explained; null where the line holds.</param>
internal sealed record TestCase(string Suite, string Name, SourcePosition Position, AssertionResult Result, Explanation? Why)
{
    /// <summary>What connections in the live cluster showed; null where none were asked for.</summary>
    public LiveTrial? Live { get; init; }

    public bool Holds => Result.Holds && Live is null or { Wrong.Count: 0 };

    /// <summary>It was to be tried with connections, and not one of them told anything.</summary>
    public bool IsUntried => Live is { Tried: 0 };
}

/// <summary>All lines of all files, and what no line speaks of.</summary>
internal sealed record TestReport(ValueList<TestCase> Cases, ValueList<RuleId> UntestedRules, ValueList<PolicyId> UntestedPolicies, int Rules, int Policies, SourceMap Sources, TimeSpan Took)
{
    public int Failed => Cases.Count(c => !c.Holds);

    public IEnumerable<TestCase> Untried => Cases.Where(c => c.IsUntried);

    public IEnumerable<TestCase> Vacuous => Cases.Where(c => c.Result.IsVacuous);
}
