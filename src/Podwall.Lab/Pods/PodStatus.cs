using System.Text.Json.Nodes;
using Podwall.Lab.Api;
using Podwall.Lab.Controllers;

namespace Podwall.Lab.Pods;

/// <summary>The <c>status</c> of a pod, as a kubelet reports it.</summary>
internal static class PodStatus
{
    /// <summary>Writes it down.</summary>
    /// <param name="status">What was reported before; it is changed.</param>
    /// <param name="pod">Whose status it is.</param>
    /// <param name="hasAddresses">Its network is there.</param>
    /// <param name="init">How its init containers are.</param>
    /// <param name="main">How its containers are.</param>
    /// <param name="now">The time of what changes.</param>
    public static void Write(JsonObject status, PodWorker pod, bool hasAddresses, IReadOnlyList<ContainerWorker> init, IReadOnlyList<ContainerWorker> main, DateTimeOffset now)
    {
        var phase = Phase(pod.RestartPolicy, init, main);
        var (isInitialized, isReady, isDone) = (init.All(c => c.State.HasSucceeded), main.All(c => c.State.IsReady), phase == "Succeeded");
        status["phase"] = phase;
        Say("PodReadyToStartContainers", hasAddresses, "", "");
        Say("Initialized", isInitialized, isDone ? "PodCompleted" : "ContainersNotInitialized", Names("incomplete", init.Where(c => !c.State.HasSucceeded)));
        foreach (var condition in (string[])["Ready", "ContainersReady"])
            Say(condition, isReady, isDone ? "PodCompleted" : "ContainersNotReady", isDone ? "" : Names("unready", main.Where(c => !c.State.IsReady)));
        Say("PodScheduled", true, "", "");
        var nodeAddresses = pod.NodeAddresses.Select(a => $"{a}").ToList();
        (status["hostIP"], status["hostIPs"]) = (nodeAddresses[0], Addresses(nodeAddresses));
        if (hasAddresses)
        {
            var addresses = pod.Plan.Addresses.Select(a => $"{a}").ToList();
            (status["podIP"], status["podIPs"]) = (addresses[0], Addresses(addresses));
        }

        status["startTime"] ??= ObjectRules.TimeText(now);
        if (init.Count > 0)
            status["initContainerStatuses"] = Containers(pod, init);
        status["containerStatuses"] = Containers(pod, main);
        status["qosClass"] = "BestEffort";

        void Say(string type, bool holds, string reason, string message) =>
            status.Say(new(type, holds ? WantedCondition.True : WantedCondition.False, holds ? "" : reason, holds ? "" : message), now);
    }

    /// <summary>The phase that follows from how the containers are (<c>PodStatus.phase</c>).</summary>
    public static string Phase(string restartPolicy, IReadOnlyList<ContainerWorker> init, IReadOnlyList<ContainerWorker> main)
    {
        if (restartPolicy == "Never" && init.Any(c => c.State is { Phase: ContainerPhase.Terminated, ExitCode: not 0 }))
            return "Failed";
        if (restartPolicy != "Always" && main.All(c => c.HasEnded))
            return main.All(c => c.State.HasSucceeded) ? "Succeeded" : "Failed";
        return main.All(c => c.State is { Phase: ContainerPhase.Waiting, Last: null }) ? "Pending" : "Running";
    }

    private static string Names(string what, IEnumerable<ContainerWorker> containers) => $"containers with {what} status: [{string.Join(' ', containers.Select(c => c.Name))}]";

    private static JsonArray Addresses(IEnumerable<string> addresses) => new([.. addresses.Select(a => (JsonNode)new JsonObject { ["ip"] = a })]);

    private static JsonArray Containers(PodWorker pod, IReadOnlyList<ContainerWorker> containers) => new([.. containers.Select(c => (JsonNode)Container(pod, c))]);

    private static JsonObject Container(PodWorker pod, ContainerWorker container)
    {
        var state = container.State;
        var id = $"podwall://{pod.Uid}/{container.Name}";
        JsonObject status = new()
        {
            ["name"] = container.Name,
            ["image"] = container.Image,
            ["imageID"] = "",
            ["ready"] = state.IsReady,
            ["started"] = state.Phase == ContainerPhase.Running,
            ["restartCount"] = state.Restarts,
            ["lastState"] = state.Last is { } last ? Run(last, id) : new JsonObject(),
            ["state"] = Run(state, id),
        };
        if (state.Phase != ContainerPhase.Waiting)
            status["containerID"] = id;
        return status;
    }

    private static JsonObject Run(ContainerState state, string id) => state.Phase switch
    {
        ContainerPhase.Running => new() { ["running"] = new JsonObject { ["startedAt"] = ObjectRules.TimeText(state.Since) } },
        ContainerPhase.Terminated => new()
        {
            ["terminated"] = new JsonObject
            {
                ["containerID"] = id,
                ["exitCode"] = state.ExitCode,
                ["reason"] = state.Reason,
                ["startedAt"] = ObjectRules.TimeText(state.Started),
                ["finishedAt"] = ObjectRules.TimeText(state.Since),
            },
        },
        _ => new() { ["waiting"] = new JsonObject { ["reason"] = state.Reason } },
    };
}
