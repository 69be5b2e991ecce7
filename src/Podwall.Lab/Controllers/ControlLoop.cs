using Podwall.Lab.Api;
using Podwall.Lab.Store;

namespace Podwall.Lab.Controllers;

/// <summary>
/// Runs the controllers of a cluster, one pass after another as long as anything changes. Each pass looks at the whole state,
/// so it does not matter what was missed in between.
/// </summary>
/// <param name="log">Told what failed; it is tried again.</param>
public sealed class ControlLoop(ObjectStore store, ClusterWrites writes, EventLog events, TimeProvider time, Action<string> log)
{
    private readonly Retries retries = new(log);

    private readonly IController[] controllers =
    [
        new GarbageCollector(), new CronJobController(), new JobController(), new DeploymentController(), new ReplicaSetController(), new StatefulSetController(), new DaemonSetController(),
        new Scheduler(), new EndpointSliceController(),
    ];

    // What the last pass saw. As long as it is held, what did not change is not parsed again.
    private volatile ClusterView? last;

    /// <summary>All has been done that follows from the objects that there are.</summary>
    public bool IsQuiet => last is { Changed.IsCompleted: false };

    /// <summary>Runs until it is cancelled, which ends it without an exception.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var (changed, due) = RunOnce();
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var delay = Task.Delay(due is { } moment ? Wait(moment) : Timeout.InfiniteTimeSpan, time, waiting.Token);
            await Task.WhenAny(changed, delay);
            await waiting.CancelAsync();
        }
    }

    /// <summary>One pass; gives what completes with the next change, and when to come again even without one.</summary>
    internal (Task Changed, DateTimeOffset? Due) RunOnce()
    {
        ClusterView view = new(store);
        Pass pass = new(view, writes, events, retries, time.GetUtcNow());
        foreach (var controller in controllers)
            controller.Reconcile(pass);
        last = view;
        return (view.Changed, pass.Due);
    }

    private TimeSpan Wait(DateTimeOffset moment)
    {
        // The clock of a timer may run a little ahead of the time of day.
        var (left, shortest, longest) = (moment - time.GetUtcNow(), TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        return left < shortest ? shortest : left < longest ? left : longest;
    }
}
