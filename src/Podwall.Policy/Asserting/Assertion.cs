namespace Podwall.Policy.Asserting;

/// <summary>
/// How all traffic of a kind between two sets of ends must be decided: with <see cref="Verdict.Allow"/> every pair may send
/// all of it, with <see cref="Verdict.Deny"/> no pair may send any. A pod and itself are no pair. Between dual-stack ends
/// traffic is allowed as soon as one family allows it.
/// </summary>
/// <param name="ApartBy">Only pairs of pods count that both have this label, or else their namespaces, with different values; null for all pairs.</param>
public sealed record Assertion(EndSet From, EndSet To, Traffic Traffic, Verdict Is, string? ApartBy = null);

/// <summary>What became of an assertion.</summary>
/// <param name="Counterexample">A flow that is decided otherwise; null where the assertion holds.</param>
/// <param name="Pairs">How many pairs of pods it was about; addresses outside count as one.</param>
/// <param name="IsVacuous">It holds, and would hold if no policy were there: it is about no pair, or nothing is allowed that anything could deny.</param>
/// <param name="Exercised">The rules that let some of its traffic through.</param>
/// <param name="Isolating">The policies that deny some of it.</param>
public sealed record AssertionResult(Flow? Counterexample, long Pairs, bool IsVacuous, IReadOnlySet<RuleId> Exercised, IReadOnlySet<PolicyId> Isolating)
{
    public bool Holds => Counterexample is null;
}
