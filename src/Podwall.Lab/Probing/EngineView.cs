using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>What the engine says of probes in one state of a lab.</summary>
public sealed class EngineView(LabCluster cluster)
{
    private readonly Compiled compiled = Compiled.Compile(cluster.Snapshot);
    private readonly Legs legs = new(cluster);

    public EngineVerdict Judge(ProbeFlow flow)
    {
        if (legs.TryFind(flow, out var found) is not null)
            return EngineVerdict.Unknown;
        var verdicts = found.Select(l => compiled.Decide(new(compiled.At(l.From), compiled.At(l.To), l.Protocol, l.Port)).Verdict).Distinct().ToArray();
        return verdicts is [var one] ? one == Verdict.Allow ? EngineVerdict.Allow : EngineVerdict.Deny : EngineVerdict.Mixed;
    }
}

/// <summary>Probes a lab and asks the engine about the same flows.</summary>
public static class LabQuestions
{
    public static async Task<ValueList<Probed>> ProbeAndJudgeAsync(this ILab lab, IReadOnlyList<ProbeFlow> flows, IProgress<int> done, CancellationToken cancellation)
    {
        EngineView engine = new(await lab.SnapshotAsync(cancellation));
        var outcomes = await lab.ProbeAsync(flows, done, cancellation);
        return flows.Select((f, i) => new Probed(f, outcomes[i], engine.Judge(f))).ToValueList();
    }
}
