using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Controllers;

namespace Podwall.Lab.Api.Admission;

/// <summary>What a server refuses in the specs of pods, workloads and services, as far as a lab depends on it.</summary>
internal static class SpecRules
{
    private const int FirstNodePort = 30_000, LastNodePort = 32_767;

    /// <summary>What is wrong with a new object, or with one in the place of <paramref name="before"/>.</summary>
    public static IEnumerable<FieldError> Check(ResourceType type, JsonObject tree, JsonObject? before)
    {
        var (spec, path) = (tree["spec"] as JsonObject ?? [], FieldPath.Of("spec"));
        return
        [
            .. PodSpecs.PathOf(type) is { } pods ? CheckPod(PodSpecs.Of(type, spec) ?? [], pods) : [],
            .. (type.Group, type.Kind) switch
            {
                ("", "Service") => CheckService(spec, path),
                ("apps", "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet") => CheckWorkload(spec, path),
                ("batch", "Job") => CheckRestarts(spec, path.Child("template")),
                ("batch", "CronJob") => [.. CheckSchedule(spec, path), .. CheckRestarts(spec["jobTemplate"]?["spec"] as JsonObject ?? [], path.Child("jobTemplate").Child("spec").Child("template"))],
                _ => [],
            },
            .. before is null ? [] : FixedFields.Check(type, tree, before),
        ];
    }

    private static IEnumerable<FieldError> CheckWorkload(JsonObject spec, FieldPath path)
    {
        var template = path.Child("template");
        if (Cells.Int(spec, "replicas") is < 0 and var replicas)
            yield return FieldError.Invalid(path.Child("replicas"), replicas, "must be greater than or equal to 0");
        if (spec["selector"] is not JsonObject selector)
            yield return FieldError.Required(path.Child("selector"), "");
        else if ((selector["matchLabels"] as JsonObject ?? []).Any(l => ObjectRules.TextOf(spec["template"]?["metadata"]?["labels"]?[l.Key]) != ObjectRules.TextOf(l.Value)))
            yield return new(FieldErrorType.Invalid, template.Child("metadata").Child("labels"), $"Invalid value: {GoValues.Map(spec["template"]?["metadata"]?["labels"])}: `selector` does not match template `labels`");
        if (Cells.Text(spec, "template", "spec", "restartPolicy") is not "Always" and { Length: > 0 } restarts)
            yield return FieldError.NotSupported(template.Child("spec").Child("restartPolicy"), restarts, "Always");
    }

    // What must come to an end cannot always be started anew.
    private static IEnumerable<FieldError> CheckRestarts(JsonObject job, FieldPath template)
    {
        if (Cells.Text(job, "template", "spec", "restartPolicy") == "Always")
            yield return FieldError.Required(template.Child("spec").Child("restartPolicy"), "valid values: \"OnFailure\", \"Never\"");
    }

    private static IEnumerable<FieldError> CheckSchedule(JsonObject spec, FieldPath path)
    {
        var schedule = Cells.Text(spec, "schedule");
        if (schedule.Length == 0)
            yield return FieldError.Required(path.Child("schedule"), "");
        else if (CronSchedule.TryParse(schedule, out _) is { } problem)
            yield return FieldError.Invalid(path.Child("schedule"), schedule, problem);
    }

    private static IEnumerable<FieldError> CheckPod(JsonObject spec, FieldPath path)
    {
        var containers = Cells.Items(spec["containers"]).ToList();
        if (containers.Count == 0)
            yield return FieldError.Required(path.Child("containers"), "");
        HashSet<string> names = new(StringComparer.Ordinal);
        var volumes = Cells.Items(spec["volumes"]).Select(v => Cells.Text(v, "name")).ToHashSet(StringComparer.Ordinal);
        foreach (var (list, index, container) in containers.Index().Select(c => ("containers", c.Index, c.Item)).Concat(Cells.Items(spec["initContainers"]).Index().Select(c => ("initContainers", c.Index, c.Item))))
        {
            var here = path.Child(list).Child(index);
            var name = ObjectRules.TextOf(container["name"]) ?? "";
            if (name.Length == 0)
                yield return FieldError.Required(here.Child("name"), "");
            else if (!names.Add(name))
                yield return FieldError.Duplicate(here.Child("name"), name);
            if (string.IsNullOrEmpty(ObjectRules.TextOf(container["image"])))
                yield return FieldError.Required(here.Child("image"), "");
            foreach (var (number, port) in Cells.Items(container["ports"]).Index())
                foreach (var fault in CheckPort(port, "containerPort", here.Child("ports").Child(number)))
                    yield return fault;
            foreach (var (number, mount) in Cells.Items(container["volumeMounts"]).Index())
                if (!volumes.Contains(Cells.Text(mount, "name")))
                    yield return FieldError.NotFound(here.Child("volumeMounts").Child(number).Child("name"), Cells.Text(mount, "name"));
        }
    }

    private static IEnumerable<FieldError> CheckService(JsonObject spec, FieldPath path)
    {
        var ports = Cells.Items(spec["ports"]).ToList();
        if (ports.Count == 0 && ObjectRules.TextOf(spec["clusterIP"]) != "None" && ObjectRules.TextOf(spec["type"]) != "ExternalName")
            yield return FieldError.Required(path.Child("ports"), "");
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var (index, port) in ports.Index())
        {
            var here = path.Child("ports").Child(index);
            foreach (var fault in CheckPort(port, "port", here))
                yield return fault;
            var name = Cells.Text(port, "name");
            if (ports.Count > 1 && name.Length == 0)
                yield return FieldError.Required(here.Child("name"), "");
            else if (name.Length > 0 && !names.Add(name))
                yield return FieldError.Duplicate(here.Child("name"), name);
            if (Cells.Int(port, "nodePort") is not 0 and (< FirstNodePort or > LastNodePort) and var wanted)
                yield return FieldError.Invalid(here.Child("nodePort"), wanted, $"provided port is not in the valid range. The range of valid ports is {FirstNodePort}-{LastNodePort}");
        }
    }

    private static IEnumerable<FieldError> CheckPort(JsonObject port, string field, FieldPath path)
    {
        var number = Cells.Int(port, field);
        if (number is < 1 or > ushort.MaxValue)
            yield return FieldError.Invalid(path.Child(field), number, "must be between 1 and 65535, inclusive");
        if (Cells.Text(port, "protocol") is { Length: > 0 } protocol and not ("TCP" or "UDP" or "SCTP"))
            yield return FieldError.NotSupported(path.Child("protocol"), protocol, "SCTP", "TCP", "UDP");
    }
}
