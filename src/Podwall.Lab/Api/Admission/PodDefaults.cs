using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;
using static Podwall.Lab.Api.Admission.Defaults;

namespace Podwall.Lab.Api.Admission;

/// <summary>What is meant by what the spec of a pod leaves out, in a pod or in a template of one.</summary>
internal static class PodDefaults
{
    private const int FileMode = 420;

    private static readonly string[] Probes = ["livenessProbe", "readinessProbe", "startupProbe"], Hooks = ["postStart", "preStop"], Files = ["configMap", "secret", "downwardAPI", "projected"];

    public static void Fill(JsonObject spec)
    {
        Set(spec, "restartPolicy", "Always");
        Set(spec, "terminationGracePeriodSeconds", 30);
        Set(spec, "dnsPolicy", "ClusterFirst");
        Set(spec, "schedulerName", "default-scheduler");
        Inside(spec, "securityContext");
        foreach (var volume in Cells.Items(spec["volumes"]))
            FillVolume(volume);
        foreach (var container in Cells.Items(spec["initContainers"]).Concat(Cells.Items(spec["containers"])))
            FillContainer(container, (bool?)spec["hostNetwork"] == true);
    }

    private static void FillContainer(JsonObject container, bool isOfHost)
    {
        Set(container, "terminationMessagePath", "/dev/termination-log");
        Set(container, "terminationMessagePolicy", "File");
        var image = ObjectRules.TextOf(container["image"]) ?? "";
        Set(container, "imagePullPolicy", image.EndsWith(":latest", StringComparison.Ordinal) || !image[(image.LastIndexOf('/') + 1)..].AsSpan().ContainsAny(':', '@') ? "Always" : "IfNotPresent");
        // Who says what it gets at most means to get that.
        foreach (var (name, limit) in Inside(container, "resources")["limits"] as JsonObject ?? [])
            Set(Inside(Inside(container, "resources"), "requests"), name, limit?.DeepClone() ?? "");
        foreach (var port in Cells.Items(container["ports"]))
        {
            Set(port, "protocol", "TCP");
            if (isOfHost && port["containerPort"] is { } number)
                Set(port, "hostPort", number.DeepClone());
        }

        foreach (var reference in Cells.Items(container["env"]).Select(e => e["valueFrom"]?["fieldRef"]).OfType<JsonObject>())
            Set(reference, "apiVersion", "v1");
        foreach (var probe in Probes.Select(p => container[p]).OfType<JsonObject>())
            FillProbe(probe);
        foreach (var request in Hooks.Select(h => container["lifecycle"]?[h]?["httpGet"]).OfType<JsonObject>())
            FillRequest(request);
    }

    private static void FillProbe(JsonObject probe)
    {
        foreach (var (field, value) in new[] { ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3) })
            Set(probe, field, value);
        if (probe["httpGet"] is JsonObject request)
            FillRequest(request);
        if (probe["grpc"] is JsonObject grpc)
            Set(grpc, "service", "");
    }

    private static void FillRequest(JsonObject request)
    {
        Set(request, "path", "/");
        Set(request, "scheme", "HTTP");
    }

    private static void FillVolume(JsonObject volume)
    {
        if (volume.Count <= 1)
            Inside(volume, "emptyDir");
        foreach (var source in Files.Select(s => volume[s]).OfType<JsonObject>())
            Set(source, "defaultMode", FileMode);
        if (volume["hostPath"] is JsonObject path)
            Set(path, "type", "");
    }
}
