using System.Globalization;
using Microsoft.AspNetCore.Http;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api.Streams;

/// <summary><c>exec</c>, <c>attach</c> and <c>log</c> of pods, where something runs them.</summary>
internal sealed class StreamHandler(ObjectStore store, IPodRuntime? runtime)
{
    public static bool Handles(RequestTarget target) => target.Part is "exec" or "attach" or "log";

    /// <exception cref="ApiFailure">There is no such pod or container, or nothing that runs it.</exception>
    public async Task HandleAsync(HttpContext http, RequestTarget target)
    {
        var pod = store.Find(ResourceType.Pods, new(target.ObjectNamespace, target.Name!)) ?? throw ApiFailure.NotFound(target.Resource, target.Name!);
        PodId id = new(target.ObjectNamespace, target.Name!);
        var query = http.Request.Query;
        var container = ContainerOf(pod, query["container"].ToString());
        if (runtime is null)
            throw ApiFailure.Of(501, "NotImplemented", "this server keeps objects and runs no pods, so there is nothing to run commands in or to read logs of; 'podwall lab up' starts a lab that has both");
        if (target.Part == "log")
        {
            http.Response.ContentType = "text/plain";
            // A container may say nothing for long.
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await runtime.LogAsync(new(id, container)
            {
                Follows = Is(query, "follow"),
                IsOfLastRun = Is(query, "previous"),
                HasTimes = Is(query, "timestamps"),
                LastLines = (int?)Number(query, "tailLines"),
                Seconds = (int?)Number(query, "sinceSeconds"),
                Bytes = Number(query, "limitBytes"),
            }, http.Response.Body, http.RequestAborted);
            return;
        }

        if (!http.WebSockets.IsWebSocketRequest || !http.WebSockets.WebSocketRequestedProtocols.Contains(RemoteCommandSocket.Protocol))
            throw ApiFailure.BadRequest($"streams are served over WebSocket ({RemoteCommandSocket.Protocol}) alone; use kubectl 1.31 or newer");
        var isExec = target.Part == "exec";
        PodCommand command = new(id, container, isExec ? query["command"].Select(c => c ?? "").ToValueList() : [], Is(query, "tty"));
        if (isExec && command.Words.Count == 0)
            throw ApiFailure.BadRequest("you must specify at least 1 command for the container");
        using var socket = await http.WebSockets.AcceptWebSocketAsync(RemoteCommandSocket.Protocol);
        using RemoteCommandSocket remote = new(socket);
        await remote.RunAsync(Is(query, "stdin"), Is(query, "stdout"), Is(query, "stderr"),
            (streams, stop) => isExec ? runtime.ExecAsync(command, streams, stop) : runtime.AttachAsync(command, streams, stop), http.RequestAborted);
    }

    // With several, the first stands for the pod.
    private static string ContainerOf(StoredObject pod, string asked)
    {
        var spec = pod.ToTree()["spec"];
        var names = Cells.Items(spec?["containers"]).Concat(Cells.Items(spec?["initContainers"])).Concat(Cells.Items(spec?["ephemeralContainers"])).Select(c => Cells.Text(c, "name")).ToList();
        if (asked.Length > 0 && !names.Contains(asked))
            throw ApiFailure.BadRequest($"container {asked} is not valid for pod {pod.Name.Name}");
        return asked.Length > 0 ? asked : names.FirstOrDefault() ?? "";
    }

    private static bool Is(IQueryCollection query, string name) => query[name].ToString() is "true" or "1";

    private static long? Number(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ApiFailure.BadRequest($"{name}={text} is no number"),
    };
}
