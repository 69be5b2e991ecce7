using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Pods;

/// <summary>What a lab does in place of what an object asks for, where a cluster would do it: a line each, for whoever wrote the object.</summary>
internal static class LabRemarks
{
    public static IEnumerable<string> On(ResourceType type, StoredObject? before, StoredObject after)
    {
        if (before is not null)
            return [];
        var tree = after.ToTree();
        if (type == ResourceType.Services)
            return Cells.Text(tree, "spec", "type") == "LoadBalancer" ? ["a lab has no load balancer: this service is reached at its cluster address and at its node ports"] : [];
        var template = type == ResourceType.Pods ? tree : type == ResourceType.CronJobs ? tree["spec"]?["jobTemplate"]?["spec"]?["template"] : tree["spec"]?["template"];
        return template?["spec"] is { } spec ? OnPod(template, spec) : [];
    }

    private static IEnumerable<string> OnPod(JsonNode pod, JsonNode spec)
    {
        if (string.Join(", ", Cells.Items(spec["volumes"]).Select(v => Cells.Text(v, "name"))) is { Length: > 0 } volumes)
            yield return $"a lab mounts no volumes ({volumes}): containers see this machine's programs and empty folders";
        foreach (var container in Cells.Items(spec["initContainers"]).Concat(Cells.Items(spec["containers"])))
        {
            if (!LabImages.IsKnown(container) && LabImages.Command(pod, container).Count == 0)
                yield return $"a lab has no images: for {Cells.Text(container, "image")} a responder serves the ports of container {Cells.Text(container, "name")}"
                    + ((container["command"] ?? container["args"]) is not null ? $"; to run its command with this machine's programs, set the annotation {LabImages.RunAnnotation}: \"true\" on the pod" : "");
            if (Cells.Items(container["ports"]).Any(p => Cells.Int(p, "hostPort") > 0))
                yield return $"a lab opens no host ports: container {Cells.Text(container, "name")} is reached at its pod's address";
        }
    }
}
