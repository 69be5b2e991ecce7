using Podwall.Kubernetes.Client;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Agent.Reporting;

/// <summary>
/// Tells people of what is found in the cluster: in the log, in the metrics and, where there is an API server, as Events.
/// Stands beside the loop that enforces, which never waits for it.
/// </summary>
/// <param name="recorder">Null where nobody takes Events: then this agent reports for itself.</param>
/// <param name="leadership">Null exactly where <paramref name="recorder"/> is.</param>
public sealed class FindingsReporter(Metrics metrics, AgentLog log, EventRecorder? recorder = null, Leadership? leadership = null, TimeProvider? time = null)
{
    /// <summary>What is found twice in a row is reported: a policy may come a moment before its pods.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Servers forget Events after an hour.
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(30);

    // However much is found, the server is asked for no more than this at a time.
    private const int MostEvents = 50;

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly Dictionary<ClusterFinding, long> reported = [];
    private HashSet<ClusterFinding> found = [];
    private HashSet<ClusterFinding> logged = [];
    private Snapshot? searched;
    private volatile Snapshot? latest;
    private string? refusal;

    /// <summary>The cluster as it is now; of several only the last is looked at.</summary>
    public void Offer(Snapshot snapshot) => latest = snapshot;

    /// <summary>Runs until it is cancelled, and then lets another agent lead.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                await TurnAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1));
            if (leadership is not null)
                await ((Task)leadership.ReleaseAsync(limit.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task TurnAsync(CancellationToken cancellation)
    {
        var leads = leadership is null || await leadership.HoldsAsync(cancellation);
        metrics.Leads = leads;
        if (!leads)
        {
            (found, logged, searched) = ([], [], null);
            reported.Clear();
            metrics.Findings = [];
            return;
        }

        if (latest is not { } snapshot)
            return;
        var before = found;
        if (!ReferenceEquals(snapshot, searched))
            (found, searched) = (ClusterFindings.Of(snapshot).ToHashSet(), snapshot);
        var settled = found.Where(before.Contains).ToHashSet();
        metrics.Findings = [.. settled];
        foreach (var finding in settled.Where(f => !logged.Contains(f)))
            log.Warn(finding.Message, ("reason", finding.Reason), ("kind", finding.Kind), ("object", $"{finding.Namespace}/{finding.Name}"));
        logged = settled;
        if (recorder is not null)
            await RecordAsync(recorder, settled, cancellation);
    }

    private async Task RecordAsync(EventRecorder recorder, HashSet<ClusterFinding> settled, CancellationToken cancellation)
    {
        foreach (var gone in reported.Keys.Where(f => !settled.Contains(f)).ToList())
            reported.Remove(gone);
        var due = settled.Where(f => !reported.TryGetValue(f, out var at) || time.GetElapsedTime(at) >= Refresh).Take(MostEvents).ToList();
        try
        {
            foreach (var finding in due)
            {
                await recorder.WriteAsync(finding, cancellation);
                reported[finding] = time.GetTimestamp();
            }

            refusal = null;
        }
        catch (ApiException failed)
        {
            // The rest waits for the next turn.
            if (failed.What != refusal)
                log.Warn("an event could not be written", ("reason", failed.What), ("fix", failed.Fix));
            refusal = failed.What;
        }
    }
}
