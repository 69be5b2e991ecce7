using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>Runs pods until enough of them have succeeded, or too many have failed.</summary>
internal sealed class JobController : IController
{
    private const string Component = "job-controller";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(10), LongestDelay = TimeSpan.FromMinutes(6);

    public void Reconcile(Pass pass) => pass.Each(Component, ResourceType.Jobs, job => Reconcile(pass, job));

    private static void Reconcile(Pass pass, ClusterObject job)
    {
        if (job.Has("Complete") || job.Has("Failed"))
        {
            Expire(pass, job);
            return;
        }

        var pods = pass.Claimed(job, ResourceType.Pods);
        var active = pods.Where(p => p.IsActive).ToList();
        var failed = pods.Where(p => p.Phase == "Failed").ToList();
        var succeeded = pods.Count(p => p.Phase == "Succeeded");
        var verdict = Verdict(pass, job, active, failed.Count, succeeded);
        var isSuspended = job.Text("spec", "suspend") == "true";
        if (verdict is not null || isSuspended)
            Stop(pass, job, active);
        Report(pass, job, verdict is null && !isSuspended ? active : [], failed.Count, succeeded, verdict);
        if (verdict is null && !isSuspended)
            Fill(pass, job, active, failed, succeeded);
    }

    private static WantedCondition? Verdict(Pass pass, ClusterObject job, List<ClusterObject> active, int failed, int succeeded)
    {
        var isDone = job.IntOrNone("spec", "completions") is { } wanted ? succeeded >= wanted : succeeded > 0 && active.Count == 0;
        if (isDone)
            return new("Complete", WantedCondition.True, "CompletionsReached", "Enough pods have succeeded.");
        var limit = job.IntOrNone("spec", "backoffLimit") ?? 6;
        var restarts = job.Text("spec", "template", "spec", "restartPolicy") == "OnFailure" ? active.Sum(p => p.Restarts) : 0;
        if (failed > limit || (restarts > 0 && restarts >= limit))
            return new("Failed", WantedCondition.True, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        if (job.IntOrNone("spec", "activeDeadlineSeconds") is not { } seconds || job.Moment("status", "startTime") is not { } start || job.Text("spec", "suspend") == "true")
            return null;
        if (start.AddSeconds(seconds) <= pass.Now)
            return new("Failed", WantedCondition.True, "DeadlineExceeded", "Job was active longer than specified deadline");
        pass.WakeAt(start.AddSeconds(seconds));
        return null;
    }

    private static void Fill(Pass pass, ClusterObject job, List<ClusterObject> active, List<ClusterObject> failed, int succeeded)
    {
        var wanted = job.IntOrNone("spec", "parallelism") ?? 1;
        if (job.IntOrNone("spec", "completions") is { } completions)
            wanted = Math.Min(wanted, completions - succeeded);
        else if (succeeded > 0)
            // The first success says that the work is done; who is at it may finish.
            wanted = Math.Min(wanted, active.Count);
        Stop(pass, job, active.OrderBy(p => p.IsReady).ThenByDescending(p => p.Created).Take(active.Count - wanted));
        if (wanted <= active.Count || MustWait(pass, failed))
            return;
        for (var made = active.Count; made < wanted; made++)
            PodTemplate.Make(pass, job, PodTemplate.Pod(job), Component, name => $"Created pod: {name}");
    }

    // After a failure the next try comes later, each time twice as late.
    private static bool MustWait(Pass pass, List<ClusterObject> failed)
    {
        if (failed.Count == 0)
            return false;
        var delay = FirstDelay * Math.Pow(2, Math.Min(failed.Count - 1, 10));
        var due = failed.Max(EndOf) + (delay < LongestDelay ? delay : LongestDelay);
        if (due <= pass.Now)
            return false;
        pass.WakeAt(due);
        return true;
    }

    private static DateTimeOffset EndOf(ClusterObject pod) =>
        Cells.Items(pod.Status?["containerStatuses"]).Select(s => ClusterObject.MomentOf(Cells.Text(s, "state", "terminated", "finishedAt"))).Max() ?? pod.ReadySince;

    private static void Stop(Pass pass, ClusterObject job, IEnumerable<ClusterObject> pods)
    {
        foreach (var pod in pods)
            PodTemplate.Drop(pass, job, pod, Component, name => $"Deleted pod: {name}");
    }

    private static void Report(Pass pass, ClusterObject job, List<ClusterObject> active, int failed, int succeeded, WantedCondition? verdict)
    {
        pass.Writes.ChangeStatus(job, status =>
        {
            status.Count(("active", active.Count), ("succeeded", succeeded), ("failed", failed));
            status["ready"] = active.Count(p => p.IsReady);
            if (job.Text("spec", "suspend") == "true")
                status.Say(new("Suspended", WantedCondition.True, "JobSuspended", "Job suspended"), pass.Now);
            else
            {
                status["startTime"] ??= ObjectRules.TimeText(pass.Now);
                if (job.Has("Suspended"))
                    status.Say(new("Suspended", WantedCondition.False, "JobResumed", "Job resumed"), pass.Now);
            }

            if (verdict is not null)
                status.Say(verdict, pass.Now);
            if (verdict?.Type == "Complete")
                status["completionTime"] = ObjectRules.TimeText(pass.Now);
        });
        if (verdict is not null)
            pass.Report(job, verdict.Type == "Complete"
                ? new(Component, "Completed", "Job completed")
                : new(Component, verdict.Reason, verdict.Message) { Severity = EventSeverity.Warning });
    }

    private static void Expire(Pass pass, ClusterObject job)
    {
        if (job.IntOrNone("spec", "ttlSecondsAfterFinished") is not { } seconds)
            return;
        var condition = job.Condition("Complete") ?? job.Condition("Failed");
        var due = (ClusterObject.MomentOf(Cells.Text(condition, "lastTransitionTime")) ?? job.Created).AddSeconds(seconds);
        if (due <= pass.Now)
            pass.Writes.Delete(job.Type, job.Name, Deletion.Usual with { Uid = job.Uid });
        else
            pass.WakeAt(due);
    }
}
