using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>Makes jobs by the clock, and takes away the oldest of those that have finished. Of times that were missed, only the last is made up for.</summary>
internal sealed class CronJobController : IController
{
    private const string Component = "cronjob-controller";

    public void Reconcile(Pass pass) => pass.Each(Component, ResourceType.CronJobs, job => Reconcile(pass, job));

    private static void Reconcile(Pass pass, ClusterObject cron)
    {
        var jobs = pass.View.ControlledBy(cron, ResourceType.Jobs).ToList();
        var active = jobs.Where(j => !IsFinished(j) && !j.IsGoing).ToList();
        Report(pass, cron, active, jobs);
        Forget(pass, jobs.Where(j => j.Has("Complete")), cron.IntOrNone("spec", "successfulJobsHistoryLimit") ?? 3);
        Forget(pass, jobs.Where(j => j.Has("Failed")), cron.IntOrNone("spec", "failedJobsHistoryLimit") ?? 1);
        if (cron.Text("spec", "suspend") == "true")
            return;
        if (CronSchedule.TryParse(cron.Text("spec", "schedule"), out var schedule) is { } unreadable)
        {
            Warn("UnparseableSchedule", $"unparseable schedule: {unreadable}");
            return;
        }

        var zone = TimeZoneInfo.Utc;
        if (cron.Text("spec", "timeZone") is { Length: > 0 } named && !TimeZoneInfo.TryFindSystemTimeZoneById(named, out zone!))
        {
            Warn("UnknownTimeZone", $"invalid timeZone: {named}");
            return;
        }

        if (schedule.After(pass.Now, zone) is { } next)
            pass.WakeAt(next);
        if (Due(cron, schedule, zone, pass.Now) is not { } due)
            return;
        if (cron.IntOrNone("spec", "startingDeadlineSeconds") is { } seconds && due.AddSeconds(seconds) < pass.Now)
        {
            Warn("MissSchedule", $"Missed scheduled time to start a job: {ObjectRules.TimeText(due)}");
            return;
        }

        if (active.Count > 0 && cron.Text("spec", "concurrencyPolicy") == "Forbid")
        {
            pass.Report(cron, new(Component, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid"));
            return;
        }

        if (cron.Text("spec", "concurrencyPolicy") == "Replace")
            foreach (var running in active)
                if (pass.Writes.Delete(running.Type, running.Name, Deletion.Usual with { Uid = running.Uid }) is not null)
                    pass.Report(cron, new(Component, "SuccessfulDelete", $"Deleted job {running.Name.Name}"));
        Start(pass, cron, due, jobs);

        void Warn(string reason, string message) => pass.Report(cron, new(Component, reason, message) { Severity = EventSeverity.Warning });
    }

    // The last time until now at which a job should have started and none did.
    private static DateTimeOffset? Due(ClusterObject cron, CronSchedule schedule, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (moment, due) = (cron.Moment("status", "lastScheduleTime") ?? cron.Created, (DateTimeOffset?)null);
        while (schedule.After(moment, zone) is { } next && next <= now)
            (moment, due) = (next, next);
        return due;
    }

    private static void Start(Pass pass, ClusterObject cron, DateTimeOffset due, List<ClusterObject> jobs)
    {
        var template = (JsonObject)cron.Spec!["jobTemplate"]!;
        var name = string.Create(CultureInfo.InvariantCulture, $"{cron.Name.Name}-{due.ToUnixTimeSeconds() / 60}");
        if (jobs.All(j => j.Name.Name != name))
        {
            var annotations = (JsonObject?)template["metadata"]?["annotations"]?.DeepClone() ?? [];
            annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = ObjectRules.TimeText(due);
            pass.Writes.Create(ResourceType.Jobs, cron.Name.Namespace, new()
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["labels"] = template["metadata"]?["labels"]?.DeepClone(),
                    ["annotations"] = annotations,
                    ["ownerReferences"] = new JsonArray(PodTemplate.OwnerReference(cron)),
                },
                ["spec"] = template["spec"]?.DeepClone(),
            });
            pass.Report(cron, new(Component, "SuccessfulCreate", $"Created job {name}"));
        }

        pass.Writes.ChangeStatus(cron, status => status["lastScheduleTime"] = ObjectRules.TimeText(due));
    }

    private static void Report(Pass pass, ClusterObject cron, List<ClusterObject> active, List<ClusterObject> jobs)
    {
        foreach (var listed in Cells.Items(cron.Status?["active"]))
            if (jobs.FirstOrDefault(j => j.Uid == Cells.Text(listed, "uid")) is { } job && IsFinished(job))
                pass.Report(cron, new(Component, "SawCompletedJob", $"Saw completed job: {job.Name.Name}, condition: {(job.Has("Complete") ? "Complete" : "Failed")}"));
        var succeeded = jobs.Where(j => j.Has("Complete")).Select(j => j.Text("status", "completionTime")).Max(StringComparer.Ordinal);
        pass.Writes.ChangeStatus(cron, status =>
        {
            status.Remove("active");
            if (active.Count > 0)
                status["active"] = new JsonArray([.. active.Select(j => (JsonNode)new JsonObject { ["apiVersion"] = j.Type.ApiVersion, ["kind"] = j.Type.Kind, ["name"] = j.Name.Name, ["namespace"] = j.Name.Namespace, ["uid"] = j.Uid })]);
            if (succeeded is not null)
                status["lastSuccessfulTime"] = succeeded;
        });
    }

    private static void Forget(Pass pass, IEnumerable<ClusterObject> finished, int kept)
    {
        foreach (var job in finished.Where(j => !j.IsGoing).OrderByDescending(j => j.Created).ThenByDescending(j => j.Name.Name, StringComparer.Ordinal).Skip(kept))
            pass.Writes.Delete(job.Type, job.Name, Deletion.Usual with { Uid = job.Uid });
    }

    private static bool IsFinished(ClusterObject job) => job.Has("Complete") || job.Has("Failed");
}
