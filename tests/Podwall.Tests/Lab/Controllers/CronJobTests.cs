using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;
using Podwall.Lab.Store;

namespace Podwall.Tests.Lab.Controllers;

/// <summary>Jobs by the clock. It stands at 22:16:22 when the cron job is made.</summary>
public sealed class CronJobTests : IAsyncLifetime
{
    private static readonly ObjectName Cron = new("default", "tick");

    private readonly ManualTime time = new();
    private ApiServer api = null!;
    private ControlLoop controllers = null!;

    public async ValueTask InitializeAsync()
    {
        api = await ApiServer.StartAsync(new() { Time = time });
        controllers = new(api.Store, api.Writes, new(api.Writes, time), time, _ => { });
    }

    public async ValueTask DisposeAsync() => await api.DisposeAsync();

    [Fact]
    public void A_job_is_made_each_time_and_the_oldest_finished_ones_go()
    {
        Make(new() { ["successfulJobsHistoryLimit"] = 2 });
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 22, 17, 0, TimeSpan.Zero), controllers.RunOnce().Due);
        Assert.Empty(Jobs());
        for (var minute = 0; minute < 4; minute++)
        {
            Pass(TimeSpan.FromMinutes(1));
            Finish(Jobs().Single(j => j["status"]?["conditions"] is null), "Complete");
        }

        Pass(TimeSpan.Zero);
        Assert.Equal(["tick-29923099", "tick-29923100"], Jobs().Select(ObjectRules.Name));
        Assert.All(Jobs(), j => Assert.Equal("busybox", (string?)j["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]));
        Assert.Equal("2026-11-22T22:20:00Z", Status("lastScheduleTime"));
        Assert.Equal("", Status("active"));
    }

    [Theory]
    [InlineData("Allow", 3, "")]
    [InlineData("Forbid", 1, "JobAlreadyActive")]
    [InlineData("Replace", 1, "SuccessfulDelete")]
    public void Jobs_that_still_run_are_joined_awaited_or_replaced(string policy, int running, string reason)
    {
        Make(new() { ["concurrencyPolicy"] = policy });
        for (var minute = 0; minute < 3; minute++)
            Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(running, Jobs().Length);
        Assert.Contains(reason, Reasons(), StringComparison.Ordinal);
        Assert.Equal(policy == "Forbid" ? "2026-11-22T22:17:00Z" : "2026-11-22T22:19:00Z", Status("lastScheduleTime"));
    }

    [Fact]
    public void One_that_is_suspended_waits_and_makes_up_for_the_last_time_only()
    {
        Make(new() { ["suspend"] = true });
        Pass(TimeSpan.FromMinutes(30));
        Assert.Empty(Jobs());
        api.Writes.Change(ResourceType.CronJobs, Cron, tree => tree["spec"]!["suspend"] = false);
        Pass(TimeSpan.Zero);
        Assert.Equal("2026-11-22T22:46:00Z", Cells.Text(Assert.Single(Jobs()), "metadata", "annotations", "batch.kubernetes.io/cronjob-scheduled-timestamp"));
    }

    [Fact]
    public void What_is_too_late_is_missed()
    {
        Make(new() { ["startingDeadlineSeconds"] = 20, ["suspend"] = true });
        Pass(TimeSpan.FromMinutes(30));
        api.Writes.Change(ResourceType.CronJobs, Cron, tree => tree["spec"]!["suspend"] = false);
        Pass(TimeSpan.Zero);
        Assert.Empty(Jobs());
        Assert.Contains("MissSchedule", Reasons(), StringComparison.Ordinal);
        Pass(TimeSpan.FromMinutes(1) - TimeSpan.FromSeconds(22));
        Assert.Single(Jobs());
    }

    private void Make(JsonObject spec)
    {
        spec["schedule"] = "* * * * *";
        spec["jobTemplate"] = JsonNode.Parse("""{"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}}""");
        api.Writes.Create(ResourceType.CronJobs, Cron.Namespace, new() { ["metadata"] = new JsonObject { ["name"] = Cron.Name }, ["spec"] = spec });
    }

    private void Pass(TimeSpan later)
    {
        time.Move(later);
        controllers.RunOnce();
        controllers.RunOnce();
    }

    private void Finish(JsonObject job, string condition)
    {
        api.Writes.ChangeStatus(ResourceType.Jobs, new(Cron.Namespace, ObjectRules.Name(job)), tree => tree["status"] = new JsonObject
        {
            ["completionTime"] = ObjectRules.TimeText(time.GetUtcNow()),
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = condition, ["status"] = "True" }),
        });
        controllers.RunOnce();
    }

    private JsonObject[] Jobs() => [.. api.Store.View(ResourceType.Jobs).Objects.Select(o => o.ToTree()).Where(j => j["metadata"]!["deletionTimestamp"] is null)];

    private string Status(string field) => Cells.Text(api.Store.View(ResourceType.CronJobs).Objects.Single().ToTree(), "status", field);

    private string Reasons() => string.Join(' ', api.Store.View(ResourceType.Events).Objects.Select(e => Cells.Text(e.ToTree(), "reason")));
}
