using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Ownership;

/// <summary>Who wrote fields, how (<c>Apply</c> or <c>Update</c>), in which version, and through which part.</summary>
internal sealed record Manager(string Name, string Operation, string ApiVersion, string Subresource)
{
    public const string Apply = "Apply", Update = "Update";

    /// <summary>As messages of conflicts name it.</summary>
    public override string ToString()
    {
        var name = Kubernetes.GoText.Quote(Name) + (Subresource.Length > 0 ? $" with subresource {Kubernetes.GoText.Quote(Subresource)}" : "");
        return Operation == Update ? $"{name} using {ApiVersion}" : name;
    }
}

/// <summary>The <c>metadata.managedFields</c> of an object.</summary>
internal sealed class ManagedFields
{
    private readonly Dictionary<Manager, (FieldSet Fields, string Time)> owned;

    private ManagedFields(Dictionary<Manager, (FieldSet, string)> owned) => this.owned = owned;

    public IEnumerable<Manager> Managers => owned.Keys;

    /// <summary>What an object says of itself; null where it says nothing.</summary>
    public static ManagedFields? Read(JsonObject tree)
    {
        if ((tree["metadata"] as JsonObject)?["managedFields"] is not JsonArray { Count: > 0 } entries)
            return null;
        ManagedFields managed = new([]);
        foreach (var entry in entries.OfType<JsonObject>().Where(e => Text(e, "manager").Length > 0 || Text(e, "operation").Length > 0))
            managed.owned[new(Text(entry, "manager"), Text(entry, "operation"), Text(entry, "apiVersion"), Text(entry, "subresource"))] = (FieldSet.Parse(entry["fieldsV1"]), Text(entry, "time"));
        return managed;
    }

    public static ManagedFields None => new([]);

    public FieldSet Of(Manager manager) => owned.TryGetValue(manager, out var entry) ? entry.Fields : new();

    /// <summary>The manager owns just these; the time is noted if that changes anything.</summary>
    public void Set(Manager manager, FieldSet fields, string now)
    {
        if (fields.IsEmpty)
            owned.Remove(manager);
        else if (!owned.TryGetValue(manager, out var entry) || !JsonNode.DeepEquals(entry.Fields.ToJson(), fields.ToJson()))
            owned[manager] = (fields, now);
    }

    /// <summary>Everybody else loses these.</summary>
    public void Take(Manager manager, FieldSet fields)
    {
        foreach (var (other, entry) in owned.Where(o => o.Key != manager).ToList())
            if (entry.Fields.Except(fields) is { IsEmpty: false } rest)
                owned[other] = (rest, entry.Time);
            else
                owned.Remove(other);
    }

    /// <summary>Writes them into an object: appliers first, then by time.</summary>
    public void Write(JsonObject tree)
    {
        var metadata = ObjectRules.MetadataOf(tree);
        metadata.Remove("managedFields");
        if (owned.Count == 0)
            return;
        JsonArray entries = [];
        foreach (var (manager, (fields, time)) in owned.OrderBy(o => o.Key.Operation, StringComparer.Ordinal).ThenBy(o => o.Value.Time, StringComparer.Ordinal)
            .ThenBy(o => o.Key.Name, StringComparer.Ordinal).ThenBy(o => o.Key.Subresource, StringComparer.Ordinal))
        {
            JsonObject entry = new()
            {
                ["manager"] = manager.Name,
                ["operation"] = manager.Operation,
                ["apiVersion"] = manager.ApiVersion,
                ["time"] = time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = fields.ToJson(),
            };
            if (manager.Subresource.Length > 0)
                entry["subresource"] = manager.Subresource;
            entries.Add((JsonNode)entry);
        }

        metadata["managedFields"] = entries;
    }

    private static string Text(JsonObject entry, string field) => ObjectRules.TextOf(entry[field]) ?? "";
}
