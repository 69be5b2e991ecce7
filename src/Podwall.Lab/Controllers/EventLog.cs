using System.Globalization;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Controllers;

/// <summary>How much attention an event asks for.</summary>
public enum EventSeverity
{
    Normal,
    Warning,
}

/// <summary>Something that happened to an object, and who says so.</summary>
/// <param name="Reason">One word, for programs.</param>
/// <param name="Message">A sentence, for people.</param>
public sealed record ClusterEvent(string Component, string Reason, string Message)
{
    public EventSeverity Severity { get; init; }

    /// <summary>The node on which it happened.</summary>
    public string? Host { get; init; }

    /// <summary>The part of the object, such as <c>spec.containers{web}</c>.</summary>
    public string? Part { get; init; }
}

/// <summary>Writes events; one that comes again is counted, and one that has not come for an hour is forgotten. For several threads.</summary>
public sealed class EventLog(ClusterWrites writes, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Uid, ClusterEvent What), (ObjectName Name, DateTimeOffset Last)> known = [];
    private DateTimeOffset swept;
    private long number;

    public void Write(ResourceType type, StoredObject regarding, ClusterEvent what) => Write(type, regarding.ToTree(), what);

    /// <param name="type">The object's kind.</param>
    /// <param name="regarding">The object.</param>
    /// <param name="what">What happened to it.</param>
    public void Write(ResourceType type, JsonObject regarding, ClusterEvent what)
    {
        lock (gate)
        {
            Sweep();
            (string, ClusterEvent) key = (Cells.Text(regarding, "metadata", "uid"), what);
            if (known.TryGetValue(key, out var before) && writes.Change(ResourceType.Events, before.Name, Recount) is not null)
                known[key] = (before.Name, time.GetUtcNow());
            else if (Create(type, regarding, what) is { } name)
                known[key] = (name, time.GetUtcNow());
        }
    }

    private void Recount(JsonObject tree)
    {
        tree["count"] = Cells.Int(tree, "count") + 1;
        tree["lastTimestamp"] = ObjectRules.TimeText(time.GetUtcNow());
    }

    private ObjectName? Create(ResourceType type, JsonObject regarding, ClusterEvent what)
    {
        var (ns, name, now) = (Cells.Text(regarding, "metadata", "namespace"), Cells.Text(regarding, "metadata", "name"), time.GetUtcNow());
        number = Math.Max(number + 1, now.Ticks);
        JsonObject involved = new() { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion, ["name"] = name };
        foreach (var field in new[] { "namespace", "uid", "resourceVersion" })
            if (Cells.Text(regarding, "metadata", field) is { Length: > 0 } text)
                involved[field] = text;
        if (what.Part is not null)
            involved["fieldPath"] = what.Part;
        JsonObject source = new() { ["component"] = what.Component };
        if (what.Host is not null)
            source["host"] = what.Host;
        try
        {
            return writes.Create(ResourceType.Events, ns.Length > 0 ? ns : "default", new()
            {
                ["metadata"] = new JsonObject { ["name"] = string.Create(CultureInfo.InvariantCulture, $"{name}.{number:x16}") },
                ["involvedObject"] = involved,
                ["reason"] = what.Reason,
                ["message"] = what.Message,
                ["source"] = source,
                ["firstTimestamp"] = ObjectRules.TimeText(now),
                ["lastTimestamp"] = ObjectRules.TimeText(now),
                ["count"] = 1,
                ["type"] = what.Severity.ToString(),
                ["reportingComponent"] = what.Component,
                ["reportingInstance"] = what.Host ?? "",
            }).Name;
        }
        catch (ApiFailure)
        {
            // A namespace on its way out takes no events any more.
            return null;
        }
    }

    private void Sweep()
    {
        var now = time.GetUtcNow();
        if (now - swept < TimeSpan.FromMinutes(1))
            return;
        swept = now;
        foreach (var (key, (name, _)) in known.Where(k => now - k.Value.Last > Kept).ToList())
        {
            known.Remove(key);
            writes.Delete(ResourceType.Events, name, Deletion.Usual);
        }
    }
}
