using System.Text.Json.Nodes;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>What one condition of an object is to say.</summary>
internal sealed record WantedCondition(string Type, string Status, string Reason, string Message)
{
    public const string True = "True", False = "False", Unknown = "Unknown";
}

/// <summary>How statuses are written.</summary>
internal static class StatusEdits
{
    /// <summary>Changes the status of an object, unless that would say again what it says.</summary>
    public static void ChangeStatus(this ClusterWrites writes, ClusterObject item, Action<JsonObject> edit)
    {
        var wanted = item.Status is JsonObject status ? (JsonObject)status.DeepClone() : [];
        edit(wanted);
        if (!JsonNode.DeepEquals(wanted, item.Status))
            writes.ChangeStatus(item.Type, item.Name, tree => edit(StatusOf(tree)));
    }

    /// <summary>Counts that the API leaves out where they are nothing.</summary>
    public static void Count(this JsonObject status, params ReadOnlySpan<(string Field, int Value)> counts)
    {
        foreach (var (field, value) in counts)
            if (value == 0)
                status.Remove(field);
            else
                status[field] = value;
    }

    /// <summary>Counts that are always there, of the generation that was looked at.</summary>
    public static void Observe(this JsonObject status, ClusterObject item, params ReadOnlySpan<(string Field, int Value)> counts)
    {
        status["observedGeneration"] = item.Int("metadata", "generation");
        foreach (var (field, value) in counts)
            status[field] = value;
    }

    /// <summary>Says something in a condition; null where it said so before. Its time of transition is when its status changed.</summary>
    public static JsonObject? Say(this JsonObject status, WantedCondition wanted, DateTimeOffset now)
    {
        if (status["conditions"] is not JsonArray conditions)
            status["conditions"] = conditions = [];
        var current = Cells.Items(conditions).FirstOrDefault(c => Cells.Text(c, "type") == wanted.Type);
        if (current is null)
            conditions.Add((JsonNode)(current = new() { ["type"] = wanted.Type }));
        if (Cells.Text(current, "status") != wanted.Status)
            current["lastTransitionTime"] = ObjectRules.TimeText(now);
        else if (Cells.Text(current, "reason") == wanted.Reason && Cells.Text(current, "message") == wanted.Message)
            return null;
        current["status"] = wanted.Status;
        foreach (var (field, text) in new[] { ("reason", wanted.Reason), ("message", wanted.Message) })
            if (text.Length > 0)
                current[field] = text;
            else
                current.Remove(field);
        return current;
    }

    private static JsonObject StatusOf(JsonObject tree)
    {
        if (tree["status"] is not JsonObject status)
            tree["status"] = status = [];
        return status;
    }
}
