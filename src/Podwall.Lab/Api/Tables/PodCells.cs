using System.Globalization;
using System.Text.Json.Nodes;
using static Podwall.Lab.Api.Tables.Cells;

namespace Podwall.Lab.Api.Tables;

/// <summary>What a pod's row says, from what its kubelet reports.</summary>
internal static class PodCells
{
    public static string Ready(JsonObject pod)
    {
        var helpers = Items(pod["spec"]?["initContainers"]).Where(c => Text(c, "restartPolicy") == "Always").Select(c => Text(c, "name")).ToHashSet(StringComparer.Ordinal);
        var ready = Items(pod["status"]?["containerStatuses"]).Concat(Items(pod["status"]?["initContainerStatuses"]).Where(s => helpers.Contains(Text(s, "name")))).Count(s => Text(s, "ready") == "true");
        return $"{ready}/{Count(pod["spec"]?["containers"]) + helpers.Count}";
    }

    public static string Status(JsonObject pod)
    {
        var reason = Text(pod, "status", "reason") is { Length: > 0 } said ? said : Text(pod, "status", "phase");
        if (reason == "Pending" && Items(pod["status"]?["conditions"]).Any(c => Text(c, "reason") == "SchedulingGated"))
            reason = "SchedulingGated";
        if (Initializing(pod) is { } initializing)
            reason = initializing;
        else
            foreach (var container in Items(pod["status"]?["containerStatuses"]).Reverse())
                reason = Trouble(container["state"]) ?? reason;
        if (Text(pod, "metadata", "deletionTimestamp").Length == 0)
            return reason;
        return Text(pod, "status", "reason") == "NodeLost" ? "Unknown" : Text(pod, "status", "phase") is "Succeeded" or "Failed" ? reason : "Terminating";
    }

    public static string Restarts(JsonObject pod, TimeProvider time)
    {
        var containers = Items(pod["status"]?["containerStatuses"]).ToList();
        var count = containers.Sum(c => Int(c, "restartCount"));
        var last = containers.Select(c => Text(c, "lastState", "terminated", "finishedAt")).Where(t => t.Length > 0).Max(StringComparer.Ordinal);
        return count > 0 && last is not null ? $"{count} ({Since(last, time)} ago)" : count.ToString(CultureInfo.InvariantCulture);
    }

    public static string Gates(JsonObject pod)
    {
        var gates = Items(pod["spec"]?["readinessGates"]).Select(g => Text(g, "conditionType")).ToList();
        return gates.Count == 0 ? None : $"{gates.Count(g => Items(pod["status"]?["conditions"]).Any(c => Text(c, "type") == g && Text(c, "status") == "True"))}/{gates.Count}";
    }

    private static string? Initializing(JsonObject pod)
    {
        var wanted = Items(pod["spec"]?["initContainers"]).ToList();
        foreach (var (index, container) in Items(pod["status"]?["initContainerStatuses"]).Index())
        {
            var state = container["state"];
            if (state?["terminated"] is { } ended && Int(ended, "exitCode") == 0)
                continue;
            if (wanted.FirstOrDefault(c => Text(c, "name") == Text(container, "name")) is { } spec && Text(spec, "restartPolicy") == "Always" && Text(container, "started") == "true")
                continue;
            return Trouble(state) is { } trouble && trouble != "PodInitializing" ? $"Init:{trouble}" : $"Init:{index}/{wanted.Count}";
        }

        return null;
    }

    private static string? Trouble(JsonNode? state)
    {
        if (Text(state, "waiting", "reason") is { Length: > 0 } waiting)
            return waiting;
        if (state?["terminated"] is not { } ended)
            return null;
        return Text(ended, "reason") is { Length: > 0 } reason ? reason : Int(ended, "signal") is not 0 and var signal ? $"Signal:{signal}" : $"ExitCode:{Int(ended, "exitCode")}";
    }
}
