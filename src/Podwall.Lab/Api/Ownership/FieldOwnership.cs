using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Types;

namespace Podwall.Lab.Api.Ownership;

/// <summary>Server-side apply (KEP-555): who owns which field, what an applied object makes of the one that is there, and conflicts.</summary>
internal sealed class FieldOwnership(ObjectRules rules)
{
    private static readonly string[] NobodysMetadata = ["name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "selfLink", "managedFields"];

    /// <summary>Notes in an object who wrote what is new in it.</summary>
    /// <param name="before">Null for an object that is made.</param>
    public void Note(ServedResource resource, JsonObject? before, JsonObject after, string manager, string? part)
    {
        var shape = FieldShape.Of(resource.Type);
        Manager who = new(manager, Manager.Update, resource.Type.ApiVersion, part ?? "");
        var managed = ManagedFields.Read(after) ?? (before is null ? null : ManagedFields.Read(before)) ?? ManagedFields.None;
        // What an object of the kind always holds is nobody's news.
        var (changed, removed) = FieldWalk.Compare(before is null ? ApiTypes.Find(resource.Type)?.Empty() ?? [] : Owned(resource, before, part), Owned(resource, after, part), shape);
        managed.Take(who, changed.Union(removed));
        managed.Set(who, managed.Of(who).Except(removed).Union(changed), rules.Now());
        managed.Write(after);
    }

    /// <summary>What the object becomes when a manager applies its part of it.</summary>
    /// <param name="live">Null where there is none yet.</param>
    /// <exception cref="ApiFailure">Others own fields that would change, and <paramref name="force"/> does not take them.</exception>
    public JsonObject Apply(ServedResource resource, JsonObject? live, JsonObject config, string manager, bool force, string? part)
    {
        var shape = FieldShape.Of(resource.Type);
        Manager who = new(manager, Manager.Apply, resource.Type.ApiVersion, part ?? "");
        var managed = (live is null ? null : ManagedFields.Read(live)) ?? ManagedFields.None;
        var mine = Owned(resource, config, part);
        if (mine["metadata"] is JsonObject { Count: 0 })
            mine.Remove("metadata");
        var applied = FieldWalk.SetBy(mine, shape);
        var merged = (JsonObject)Merge(live ?? [], config, shape)!;
        foreach (var gone in managed.Of(who).Except(applied).Paths().Where(p => !managed.Managers.Any(m => m != who && managed.Of(m).Touches(p)) && !applied.Touches(p)))
            Remove(merged, gone, shape);
        var (changed, removed) = FieldWalk.Compare(live is null ? [] : Owned(resource, live, part), Owned(resource, merged, part), shape);
        var conflicts = managed.Managers.Where(m => m != who).Select(m => (Manager: m, Fields: managed.Of(m).Intersect(changed))).Where(c => !c.Fields.IsEmpty).ToList();
        if (conflicts.Count > 0 && !force)
            throw Conflict(conflicts);
        managed.Take(who, changed.Union(removed));
        managed.Set(who, applied, rules.Now());
        managed.Write(merged);
        return merged;
    }

    // What the server writes belongs to nobody; nor does, through one part of an object, what lies in the other.
    private static JsonObject Owned(ServedResource resource, JsonObject tree, string? part)
    {
        var owned = (JsonObject)tree.DeepClone();
        owned.Remove("apiVersion");
        owned.Remove("kind");
        if (part == "status")
        {
            owned.Remove("spec");
            owned.Remove("metadata");
            return owned;
        }

        if (resource.HasStatus)
            owned.Remove("status");
        if (owned["metadata"] is JsonObject metadata)
            foreach (var field in NobodysMetadata)
                metadata.Remove(field);

        return owned;
    }

    private static JsonNode? Merge(JsonNode? live, JsonNode? config, FieldShape shape)
    {
        switch (live, config, shape)
        {
            case (JsonObject before, JsonObject applied, FieldShape.Fields or FieldShape.Entries):
                var merged = (JsonObject)before.DeepClone();
                foreach (var (field, value) in applied)
                    merged[field] = Merge(before[field], value, shape.Field(field, value));
                return merged;
            case (JsonArray before, JsonArray applied, FieldShape.Items or FieldShape.Values):
                var item = shape is FieldShape.Items items ? items.Item : new FieldShape.Atomic();
                var wanted = applied.DistinctBy(shape.StepTo).ToDictionary(shape.StepTo, StringComparer.Ordinal);
                JsonArray list = [.. before.Select(i => wanted.Remove(shape.StepTo(i), out var value) ? Merge(i, value, item) : i?.DeepClone())];
                foreach (var added in applied.Where(i => wanted.ContainsKey(shape.StepTo(i))))
                    list.Add(added?.DeepClone());
                return list;
            default:
                return config?.DeepClone();
        }
    }

    private static void Remove(JsonNode? node, IReadOnlyList<string> path, FieldShape shape)
    {
        if (FieldWalk.Parts(node, shape)?.FirstOrDefault(p => p.Step == path[0]) is not { Step: not null } part)
            return;
        if (path.Count > 1)
            Remove(part.Value, [.. path.Skip(1)], part.Shape);
        else if (node is JsonObject map)
            map.Remove(path[0]["f:".Length..]);
        else
            ((JsonArray)node!).Remove(part.Value);
    }

    private static ApiFailure Conflict(List<(Manager Manager, FieldSet Fields)> conflicts)
    {
        var causes = conflicts.SelectMany(c => c.Fields.Paths().Select(p => new StatusCause { Reason = "FieldManagerConflict", Message = $"conflict with {c.Manager}", Field = PathText(p) })).ToArray();
        var texts = conflicts.OrderBy(c => c.Manager.ToString(), StringComparer.Ordinal).Select(c => c.Fields.Paths().Select(PathText).ToArray() switch
        {
            [var only] => $"conflict with {c.Manager}: {only}",
            var several => $"conflicts with {c.Manager}:{string.Concat(several.Select(p => $"\n- {p}"))}",
        });
        return ApiFailure.Of(409, "Conflict", $"Apply failed with {causes.Length} conflict{(causes.Length == 1 ? "" : "s")}: {string.Join('\n', texts)}", new() { Causes = causes });
    }

    // .spec.ports[port=80,protocol="TCP"].name
    private static string PathText(IEnumerable<string> path) => string.Concat(path.Select(step => (step[..2], step[2..]) switch
    {
        ("k:", var keys) => $"[{string.Join(',', ((JsonObject)JsonNode.Parse(keys)!).Select(k => $"{k.Key}={k.Value?.ToJsonString() ?? "null"}"))}]",
        ("v:", var value) => $"[={value}]",
        (_, var field) => $".{field}",
    }));
}
