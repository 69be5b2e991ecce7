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

/// <summary>Probes a cluster and asks the engine about the same flows.</summary>
public static class LabQuestions
{
    // Between namespaces of one machine an answer takes microseconds, unless the machine is busy elsewhere.
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(600), Long = TimeSpan.FromSeconds(4);

    /// <summary>A flow that seems to be stopped where the engine allows it is tried again with more patience before that is said.</summary>
    public static async Task<ValueList<Probed>> ProbeAndJudgeAsync(this IProber cluster, IReadOnlyList<ProbeFlow> flows, IProgress<int> done, CancellationToken cancellation)
    {
        EngineView engine = new(await cluster.SnapshotAsync(cancellation));
        var outcomes = await cluster.ProbeAsync(flows, Usual, done, cancellation);
        var probed = flows.Select((f, i) => new Probed(f, outcomes[i], engine.Judge(f))).ToArray();
        var doubtful = probed.Index().Where(p => p.Item.IsDisagreement && p.Item.Outcome.Result == ProbeResult.Denied).ToArray();
        if (doubtful.Length == 0)
            return probed.ToValueList();
        var again = await cluster.ProbeAsync([.. doubtful.Select(d => d.Item.Flow)], Long, new Heard(), cancellation);
        for (var i = 0; i < doubtful.Length; i++)
            probed[doubtful[i].Index] = doubtful[i].Item with { Outcome = again[i] };
        return probed.ToValueList();
    }

    // All flows have been reported once.
    private sealed class Heard : IProgress<int>
    {
        public void Report(int value)
        {
        }
    }
}
