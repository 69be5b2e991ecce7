using Podwall.Kubernetes;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>What became of one scenario.</summary>
public sealed record ScenarioReport(string Folder, string Title, LabReport Lab, ValueList<StepReport> Steps, ValueList<RefusalReport> Refusals)
{
    public IEnumerable<UnmetExpectation> Unmet => Steps.SelectMany(s => s.Unmet);

    public IEnumerable<Disagreement> Disagreements => Steps.SelectMany(s => s.Disagreements);

    public bool IsAsExpected => !Unmet.Any() && !Disagreements.Any() && Refusals.All(r => r.IsAsExpected);
}

/// <summary>The lab that a report comes from.</summary>
public sealed record LabReport(bool IsSimulated, LabSize Size, int Pods, TimeSpan CameUpIn);

/// <summary>
/// One step: every flow before and after. Before is the previous step where this one builds on it, else no policy at all.
/// </summary>
public sealed record StepReport(string Name, ValueList<string> Policies, string BeforeName, ValueList<LabelChange> Labels, ValueList<FlowReport> Flows)
{
    /// <summary>The step differs from what was before: it has policies or changes labels.</summary>
    public bool IsChange => Policies.Count > 0 || Labels.Count > 0;

    public IEnumerable<UnmetExpectation> Unmet => Flows.SelectMany(f => f.Expected.Where(e => !f.Meets(e)).Select(e => new UnmetExpectation(f.After, e)));

    public IEnumerable<Disagreement> Disagreements => Flows.SelectMany(DisagreementsOf);

    /// <summary>Where the kernel, before the step or after it, does otherwise with a flow than the engine says.</summary>
    public IEnumerable<Disagreement> DisagreementsOf(FlowReport flow) =>
        ((Disagreement[])[new(flow.Before, BeforeName), new(flow.After, Name)]).Where(d => d.Probed.IsDisagreement);
}

/// <summary>One flow before and after a step, and every line that says how it must end.</summary>
public sealed record FlowReport(Probed Before, Probed After, ValueList<ExpectedVerdict> Expected)
{
    public ProbeFlow Flow => After.Flow;

    public bool IsChanged => Before.Outcome.Result != After.Outcome.Result;

    // What could not be probed breaks no promise; the report says how many there are.
    public bool Meets(ExpectedVerdict expected) => After.Outcome.Result is ProbeResult.Unknown
        || After.Outcome.Result == (expected.Is == Verdict.Allow ? ProbeResult.Allowed : ProbeResult.Denied);
}

/// <summary>How a flow must end, and the line that says so.</summary>
public readonly record struct ExpectedVerdict(Verdict Is, SourcePosition At, bool IsOtherwise)
{
    public override string ToString() => $"{At} says {(IsOtherwise ? "otherwise: " : "")}{(Is == Verdict.Allow ? "allow" : "deny")}";
}

/// <summary>A flow that ended otherwise than a line says.</summary>
public sealed record UnmetExpectation(Probed Probed, ExpectedVerdict Expected);

/// <summary>A file that must be refused, and what the API server said to it.</summary>
public sealed record RefusalReport(ExpectedRefusal Expected, ValueList<Refusal> Got)
{
    public bool IsAsExpected => Got.Contains(new(Expected.Field, Expected.Message));
}
