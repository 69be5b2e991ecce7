using System.Globalization;
using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Tables;

/// <summary>What objects say in the cells of a table; a field that lacks, or is of another type, says nothing.</summary>
internal static class Cells
{
    public const string None = "<none>", Unknown = "<unknown>";

    public static string Text(JsonNode? item, params ReadOnlySpan<string> path)
    {
        foreach (var field in path)
            item = (item as JsonObject)?[field];
        return item is JsonValue value ? value.ToString() : "";
    }

    public static long Int(JsonNode? item, params ReadOnlySpan<string> path) => long.TryParse(Text(item, path), CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static IEnumerable<JsonObject> Items(JsonNode? list) => Items<JsonObject>(list);

    public static IEnumerable<T> Items<T>(JsonNode? list)
        where T : JsonNode => (list as JsonArray ?? []).OfType<T>();

    public static int Count(JsonNode? node) => node switch
    {
        JsonArray list => list.Count,
        JsonObject map => map.Count,
        _ => 0,
    };

    public static string OrNone(string text) => text.Length > 0 ? text : None;

    public static string OrUnset(string text) => text.Length > 0 ? text : "<unset>";

    public static string OrNotGiven(string text) => text.Length > 0 ? text : "N/A";

    public static string OrUnknown(string text) => text.Length > 0 ? text : Unknown;

    // Tables show three, and how many more there are.
    public static string Joined(IEnumerable<string> texts, string otherwise, string between = ",")
    {
        const int Shown = 3;
        var all = texts.Where(t => t.Length > 0).ToList();
        return all.Count == 0 ? otherwise : all.Count <= Shown || otherwise.Length == 0 ? string.Join(between, all) : $"{string.Join(between, all.Take(Shown))} + {all.Count - Shown} more...";
    }

    public static string Labels(JsonNode? labels) => OrNone(string.Join(",", (labels as JsonObject ?? []).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")));

    /// <summary>A label selector as <c>-l</c> takes it.</summary>
    public static string Selector(JsonNode? selector)
    {
        var labels = (selector?["matchLabels"] as JsonObject ?? []).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}");
        var terms = Items(selector?["matchExpressions"]).Select(t => (Text(t, "operator"), Values: $"({string.Join(",", Items<JsonValue>(t["values"]).Select(v => v.ToString()).Order(StringComparer.Ordinal))})") switch
        {
            ("In", var values) => $"{t["key"]} in {values}",
            ("NotIn", var values) => $"{t["key"]} notin {values}",
            ("DoesNotExist", _) => $"!{t["key"]}",
            _ => $"{t["key"]}",
        });
        return OrNone(string.Join(",", [.. labels, .. terms]));
    }

    public static string Since(string timestamp, TimeProvider time) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, out var then) ? Short(time.GetUtcNow() - then) : Unknown;

    public static string External(JsonObject service) => Text(service, "spec", "type") switch
    {
        "ExternalName" => Text(service, "spec", "externalName"),
        "LoadBalancer" when Items(service["status"]?["loadBalancer"]?["ingress"]).Select(i => Text(i, "ip") is { Length: > 0 } ip ? ip : Text(i, "hostname")).ToList() is var given =>
            given.Count > 0 ? string.Join(",", given) : "<pending>",
        _ => OrNone(string.Join(",", Items<JsonValue>(service["spec"]?["externalIPs"]).Select(i => i.ToString()))),
    };

    public static string Ports(JsonObject service) => OrNone(string.Join(",", Items(service["spec"]?["ports"]).Select(p =>
        $"{p["port"]}{(Int(p, "nodePort") is > 0 and var node ? $":{node}" : "")}/{(Text(p, "protocol") is { Length: > 0 } protocol ? protocol : "TCP")}")));

    public static string Controller(JsonObject item) => Items(item["metadata"]?["ownerReferences"]).FirstOrDefault(o => Text(o, "controller") == "true") is { } owner
        ? $"{Text(owner, "kind").ToLowerInvariant()}{(Text(owner, "apiVersion").Split('/') is [var group, _] ? $".{group}" : "")}/{Text(owner, "name")}" : None;

    public static string Quota(JsonObject quota, bool isLimit) => string.Join(", ", (quota["status"]?["hard"] as JsonObject ?? []).Where(h => h.Key.StartsWith("limits.", StringComparison.Ordinal) == isLimit)
        .OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}: {(Text(quota, "status", "used", h.Key) is { Length: > 0 } used ? used : "0")}/{h.Value}"));

    public static string Endpoints(JsonObject endpoints) => Joined(
        from subset in Items(endpoints["subsets"])
        from port in Items(subset["ports"]).Select(p => $":{p["port"]}").DefaultIfEmpty("")
        from address in Items(subset["addresses"])
        select port.Length > 0 && Text(address, "ip").Contains(':', StringComparison.Ordinal) ? $"[{Text(address, "ip")}]{port}" : Text(address, "ip") + port, None);

    public static string AccessModes(JsonNode? modes) => string.Join(",", Items<JsonValue>(modes).Select(m => m.ToString() switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        var other => other,
    }));

    public static string Hosts(JsonObject ingress) => Joined(Items(ingress["spec"]?["rules"]).Select(r => Text(r, "host")), "*");

    public static string IngressAddress(JsonObject ingress) =>
        string.Join(",", Items(ingress["status"]?["loadBalancer"]?["ingress"]).Select(i => Text(i, "ip") is { Length: > 0 } ip ? ip : Text(i, "hostname")));

    public static string Parameters(JsonObject ingressClass) => ingressClass["spec"]?["parameters"] is { } parameters
        ? $"{Text(parameters, "kind")}{(Text(parameters, "apiGroup") is { Length: > 0 } group ? $".{group}" : "")}/{Text(parameters, "name")}" : None;

    public static string NodeStatus(JsonObject node)
    {
        var ready = Items(node["status"]?["conditions"]).FirstOrDefault(c => Text(c, "type") == "Ready");
        var status = ready is null ? "Unknown" : Text(ready, "status") == "True" ? "Ready" : "NotReady";
        return Text(node, "spec", "unschedulable") == "true" ? $"{status},SchedulingDisabled" : status;
    }

    public static string Roles(JsonObject node)
    {
        const string Role = "node-role.kubernetes.io/";
        return OrNone(string.Join(",", (node["metadata"]?["labels"] as JsonObject ?? [])
            .Select(l => l.Key.StartsWith(Role, StringComparison.Ordinal) ? l.Key[Role.Length..] : l.Key == "kubernetes.io/role" ? $"{l.Value}" : "").Where(r => r.Length > 0).Order(StringComparer.Ordinal)));
    }

    public static string Address(JsonObject node, string type) =>
        OrNone(Items(node["status"]?["addresses"]).Where(a => Text(a, "type") == type).Select(a => Text(a, "address")).FirstOrDefault() ?? "");

    public static string JobStatus(JsonObject job)
    {
        bool Has(string type) => Items(job["status"]?["conditions"]).Any(c => Text(c, "type") == type && Text(c, "status") == "True");
        return Has("Complete") ? "Complete" : Has("Failed") ? "Failed" : Text(job, "metadata", "deletionTimestamp").Length > 0 ? "Terminating" : Has("Suspended") ? "Suspended" : Has("FailureTarget") ? "FailureTarget" : "Running";
    }

    public static string Completions(JsonObject job)
    {
        var done = Int(job, "status", "succeeded");
        return job["spec"]?["completions"] is not null ? $"{done}/{Int(job, "spec", "completions")}" : Int(job, "spec", "parallelism") is > 1 and var parallel ? $"{done}/1 of {parallel}" : $"{done}/1";
    }

    public static string Duration(JsonObject job, TimeProvider time)
    {
        if (!DateTimeOffset.TryParse(Text(job, "status", "startTime"), CultureInfo.InvariantCulture, out var start))
            return "";
        return Short((DateTimeOffset.TryParse(Text(job, "status", "completionTime"), CultureInfo.InvariantCulture, out var end) ? end : time.GetUtcNow()) - start);
    }

    // As kubectl shortens durations: two units while they matter.
    private static string Short(TimeSpan age) => age switch
    {
        { TotalSeconds: < 120 } => $"{Math.Max(0, (int)age.TotalSeconds)}s",
        { TotalMinutes: < 10 } => age.Seconds == 0 ? $"{age.Minutes}m" : $"{age.Minutes}m{age.Seconds}s",
        { TotalHours: < 3 } => $"{(int)age.TotalMinutes}m",
        { TotalHours: < 8 } => age.Minutes == 0 ? $"{age.Hours}h" : $"{age.Hours}h{age.Minutes}m",
        { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
        { TotalDays: < 8 } => age.Hours == 0 ? $"{age.Days}d" : $"{age.Days}d{age.Hours}h",
        { TotalDays: < 365 * 2 } => $"{(int)age.TotalDays}d",
        { TotalDays: < 365 * 8 } => (int)age.TotalDays % 365 is 0 ? $"{(int)age.TotalDays / 365}y" : $"{(int)age.TotalDays / 365}y{(int)age.TotalDays % 365}d",
        _ => $"{(int)age.TotalDays / 365}y",
    };
}
