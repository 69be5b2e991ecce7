using System.Runtime.CompilerServices;
using Podwall.Agent.Reporting;
using Podwall.Kubernetes.Following;

namespace Podwall.Agent;

/// <summary>The one loop of an agent: states of the cluster in, the kernel out, and a look at the kernel now and then.</summary>
public sealed class AgentLoop(Enforcer enforcer, AgentOptions options, AgentLog log, FindingsReporter? reporter = null, HostFindings? host = null, TimeProvider? time = null)
{
    /// <summary>A change after quiet is made at once; of a stream of them, those that come within this time are made together.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(2);

    private readonly TimeProvider time = time ?? TimeProvider.System;
    private long beat;
    private volatile string bypass = "";
    private bool hasStarted;

    /// <summary>Why policies are not true on this node; empty where they are: a state of the cluster was whole, and is in force.</summary>
    public string Unready => !enforcer.IsInForce ? "policies are not in force yet" : bypass;

    /// <summary>How long ago the loop last turned.</summary>
    public TimeSpan SinceBeat => time.GetElapsedTime(Interlocked.Read(ref beat));

    /// <summary>The loop turns; on a quiet node only as often as the kernel is looked at.</summary>
    public bool IsAlive => SinceBeat < LongestTurn + options.Resync;

    /// <summary>The states of a live cluster.</summary>
    public static async IAsyncEnumerable<AgentState> FollowAsync(ClusterFollower follower, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var revision in follower.FollowAsync(cancellation))
            yield return new(revision.Snapshot, string.Join("; ", revision.Missing.Select(m => $"{m.Type}: {m.Fault?.Message ?? "not read yet"}")));
    }

    /// <summary>Runs until it is cancelled. Whatever happens to the source, what is in force stays in force.</summary>
    public async Task RunAsync(IAsyncEnumerable<AgentState> states, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref beat, time.GetTimestamp());
        enforcer.Start();
        using PeriodicTimer timer = new(options.Resync, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var source = PacedAsync(states, stop.Token).GetAsyncEnumerator(stop.Token);
        var (next, tick) = (source.MoveNextAsync().AsTask(), timer.WaitForNextTickAsync(stop.Token).AsTask());
        Task? cut = null, ports = null, links = null;
        long? looked = null;
        try
        {
            while (true)
            {
                if (enforcer.OwesCut)
                    cut ??= Task.Delay(ConnectionJudge.Interval, time, stop.Token);
                if (enforcer.GuardsPorts)
                    ports ??= Task.Delay(Enforcer.PortInterval, time, stop.Token);
                links ??= LinkChangeAsync(looked, stop.Token);
                var done = await Task.WhenAny([next, tick, links, .. new[] { cut, ports }.OfType<Task>()]);
                Interlocked.Exchange(ref beat, time.GetTimestamp());
                if (done == cut)
                {
                    await cut;
                    enforcer.CutOwed();
                    cut = null;
                    continue;
                }

                if (done == links)
                {
                    await links;
                    enforcer.LookAtLinks();
                    (links, looked) = (null, time.GetTimestamp());
                    continue;
                }

                if (done == ports)
                {
                    await ports;
                    enforcer.LookAtPorts();
                    ports = null;
                    continue;
                }

                if (done == tick)
                {
                    await tick;
                    LookAtHost();
                    enforcer.Look();
                    tick = timer.WaitForNextTickAsync(stop.Token).AsTask();
                    continue;
                }

                if (!await next)
                    return;
                Take(source.Current);
                next = source.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // A source can be let go of only when it is not asked any more.
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(next, tick, cut ?? Task.CompletedTask, ports ?? Task.CompletedTask, links ?? Task.CompletedTask)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Where routes come and go all the time, they are looked at now and then.
    private async Task LinkChangeAsync(long? looked, CancellationToken cancellation)
    {
        if (looked is { } before && Pace - time.GetElapsedTime(before) is var left && left > TimeSpan.Zero)
            await Task.Delay(left, time, cancellation);
        await enforcer.LinkChangeAsync(cancellation);
        // The loop turns on no thread that waits for sockets.
        await Task.Yield();
    }

    // A source gives its newest state to whoever asks.
    private async IAsyncEnumerable<AgentState> PacedAsync(IAsyncEnumerable<AgentState> states, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var state in states.WithCancellation(cancellation))
        {
            var told = time.GetTimestamp();
            yield return state;
            if (Pace - time.GetElapsedTime(told) is var left && left > TimeSpan.Zero)
                await Task.Delay(left, time, cancellation);
        }
    }

    // What passes no packet filter is nobody's to stop: the node is not ready, whatever is in force.
    private void LookAtHost()
    {
        var found = string.Join("; ", host?.Bypasses(enforcer.PodRanges.AsEnumerable()).Select(f => f.What) ?? []);
        if (found.Length > 0 && found != bypass)
            log.Error("policies are not true on this node", ("reason", found));
        bypass = found;
    }

    private void Take(AgentState state)
    {
        if (state.IsWhole)
        {
            enforcer.Enforce(state.Snapshot);
            if (!hasStarted)
                LookAtHost();
            reporter?.Offer(state.Snapshot);
            // A node's memory belongs to its pods: what reading a whole cluster took is given back.
            if (!hasStarted)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            hasStarted = true;
        }
        else
        {
            log.Warn("the cluster is not known in full, so nothing is changed", ("reason", state.Fault));
        }
    }
}
