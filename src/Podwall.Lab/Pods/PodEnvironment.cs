using System.Text.Json.Nodes;
using Podwall.Lab.Api.Admission;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Hosting;

namespace Podwall.Lab.Pods;

/// <summary>The environment of a container's programs.</summary>
internal static class PodEnvironment
{
    public static Dictionary<string, string> Of(PodWorker pod, JsonObject container)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["PATH"] = PodRoot.SearchPath,
            ["HOME"] = "/root",
            ["HOSTNAME"] = pod.Plan.Hostname,
            ["TERM"] = "xterm",
            ["KUBERNETES_SERVICE_HOST"] = ServiceAddresses.OfApiServer(pod.Plan.Addresses[0].Family),
            ["KUBERNETES_SERVICE_PORT"] = "443",
        };
        foreach (var variable in Cells.Items(container["env"]))
            environment[Cells.Text(variable, "name")] = variable["valueFrom"]?["fieldRef"] is { } reference ? Field(pod, Cells.Text(reference, "fieldPath")) : Cells.Text(variable, "value");
        return environment;
    }

    private static string Field(PodWorker pod, string path) => path switch
    {
        "status.podIP" => $"{pod.Plan.Addresses[0]}",
        "status.podIPs" => string.Join(',', pod.Plan.Addresses.AsEnumerable()),
        "status.hostIP" => $"{pod.NodeAddresses[0]}",
        _ => Cells.Text(pod.Object, path.Split('.')),
    };
}
