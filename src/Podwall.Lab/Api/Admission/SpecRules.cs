using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Api.Admission;

/// <summary>What a server refuses in the specs of pods, workloads and services, as far as a lab depends on it.</summary>
internal static class SpecRules
{
    /// <summary>What is wrong with a new object, or with one in the place of <paramref name="before"/>.</summary>
    public static IEnumerable<FieldError> Check(ResourceType type, JsonObject tree, JsonObject? before)
    {
        var (spec, path) = (tree["spec"] as JsonObject ?? [], FieldPath.Of("spec"));
        return (type.Group, type.Kind) switch
        {
            ("", "Pod") => CheckPod(spec, path),
            ("", "Service") => [.. CheckService(spec, path), .. CheckFixed(spec, before, path, "clusterIP")],
            ("apps", _) => [.. CheckTemplate(spec, path), .. CheckFixed(spec, before, path, "selector")],
            ("batch", "Job") => CheckPod(spec["template"]?["spec"] as JsonObject ?? [], path.Child("template").Child("spec")),
            _ => [],
        };
    }

    private static IEnumerable<FieldError> CheckTemplate(JsonObject spec, FieldPath path)
    {
        var template = path.Child("template");
        if (spec["selector"] is not JsonObject selector)
            yield return FieldError.Required(path.Child("selector"), "");
        else if ((selector["matchLabels"] as JsonObject ?? []).Any(l => ObjectRules.TextOf(spec["template"]?["metadata"]?["labels"]?[l.Key]) != ObjectRules.TextOf(l.Value)))
            yield return FieldError.Invalid(template.Child("metadata").Child("labels"), Cells.Labels(spec["template"]?["metadata"]?["labels"]), "`selector` does not match template `labels`");
        foreach (var fault in CheckPod(spec["template"]?["spec"] as JsonObject ?? [], template.Child("spec")))
            yield return fault;
    }

    private static IEnumerable<FieldError> CheckPod(JsonObject spec, FieldPath path)
    {
        var containers = Cells.Items(spec["containers"]).ToList();
        if (containers.Count == 0)
            yield return FieldError.Required(path.Child("containers"), "");
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var (index, container) in containers.Index())
        {
            var here = path.Child("containers").Child(index);
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
        }
    }

    private static IEnumerable<FieldError> CheckService(JsonObject spec, FieldPath path)
    {
        var ports = Cells.Items(spec["ports"]).ToList();
        if (ports.Count == 0 && ObjectRules.TextOf(spec["clusterIP"]) != "None" && ObjectRules.TextOf(spec["type"]) != "ExternalName")
            yield return FieldError.Required(path.Child("ports"), "");
        foreach (var (index, port) in ports.Index())
        {
            var here = path.Child("ports").Child(index);
            foreach (var fault in CheckPort(port, "port", here))
                yield return fault;
            if (ports.Count > 1 && string.IsNullOrEmpty(ObjectRules.TextOf(port["name"])))
                yield return FieldError.Required(here.Child("name"), "");
        }
    }

    private static IEnumerable<FieldError> CheckPort(JsonObject port, string field, FieldPath path)
    {
        var number = Cells.Int(port, field);
        return number is >= 1 and <= ushort.MaxValue ? [] : [FieldError.Invalid(path.Child(field), number, "must be between 1 and 65535, inclusive")];
    }

    private static IEnumerable<FieldError> CheckFixed(JsonObject spec, JsonObject? before, FieldPath path, string field)
    {
        if (before?["spec"]?[field] is { } was && !JsonNode.DeepEquals(was, spec[field]))
            yield return FieldError.Invalid(path.Child(field), spec[field] is JsonObject labels ? Cells.Selector(labels) : ObjectRules.TextOf(spec[field]) ?? "", "field is immutable");
    }
}
