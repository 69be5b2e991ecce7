using Podwall.Kubernetes.Client;

namespace Podwall.Lab.Controllers;

/// <summary>Says of each cron job that nothing will come of it here.</summary>
internal sealed class CronJobController : IController
{
    private readonly HashSet<string> told = new(StringComparer.Ordinal);

    public void Reconcile(Pass pass) => pass.Each("cronjob-controller", ResourceType.CronJobs, job =>
    {
        if (told.Add(job.Uid))
            pass.Report(job, new("cronjob-controller", "CronJobsAreNotRun", $"Nothing runs by the clock here; kubectl create job --from=cronjob/{job.Name.Name} runs it once") { Severity = EventSeverity.Warning });
    });
}
