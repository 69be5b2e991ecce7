using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api.Admission;

/// <summary>What a cluster adds to each pod, beside defaults: how it bears nodes that fail, what it matters, and of what quality it is.</summary>
internal static class PodAdmission
{
    private static readonly string[] Measured = ["cpu", "memory"];

    /// <exception cref="ApiFailure">Its priority class is not there.</exception>
    public static void Admit(ObjectStore store, ServedResource pods, ObjectName name, JsonObject pod)
    {
        var spec = (JsonObject)pod["spec"]!;
        if (ObjectRules.TextOf(spec["priorityClassName"]) is { Length: > 0 } wanted)
        {
            var found = store.Find(ServedResource.PriorityClasses, new("", wanted)) ?? throw ApiFailure.Forbidden(pods, name.Name, $"no PriorityClass with name {wanted} was found");
            spec["priority"] = Cells.Int(found.ToTree(), "value");
            spec["preemptionPolicy"] = found.Field("preemptionPolicy");
        }

        Tolerate(spec);
    }

    /// <summary>A node that fails is borne for five minutes.</summary>
    public static void Tolerate(JsonObject spec)
    {
        var tolerations = spec["tolerations"] as JsonArray ?? [];
        foreach (var taint in new[] { "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable" })
            if (!Cells.Items(tolerations).Any(t => (Cells.Text(t, "key") == taint || (Cells.Text(t, "key").Length == 0 && Cells.Text(t, "operator") == "Exists")) && Cells.Text(t, "effect") is "" or "NoExecute"))
                tolerations.Add((JsonNode)new JsonObject { ["effect"] = "NoExecute", ["key"] = taint, ["operator"] = "Exists", ["tolerationSeconds"] = 300 });
        if (tolerations.Parent is null && tolerations.Count > 0)
            spec["tolerations"] = tolerations;
    }

    /// <summary>How soon it goes when a node runs short: last if all that it gets is promised, first if nothing is.</summary>
    public static string QualityOf(JsonObject spec)
    {
        var resources = Cells.Items(spec["containers"]).Concat(Cells.Items(spec["initContainers"])).Select(c => (Limits: c["resources"]?["limits"], Requests: c["resources"]?["requests"])).ToList();
        if (resources.All(r => Measured.All(m => Cells.Text(r.Limits, m).Length == 0 && Cells.Text(r.Requests, m).Length == 0)))
            return "BestEffort";
        return resources.All(r => Measured.All(m => Cells.Text(r.Limits, m) is { Length: > 0 } limit && Cells.Text(r.Requests, m) == limit)) ? "Guaranteed" : "Burstable";
    }
}
