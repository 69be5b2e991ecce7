using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Ownership;

/// <summary>Walks objects along their shape: what an object sets, and what differs between two.</summary>
internal static class FieldWalk
{
    /// <summary>The fields that an applied object sets.</summary>
    public static FieldSet SetBy(JsonObject tree, FieldShape shape)
    {
        FieldSet set = new();
        Collect(set, [], tree, shape);
        return set;
    }

    /// <summary>The fields that are new or other than before, and those that are gone.</summary>
    public static (FieldSet Changed, FieldSet Removed) Compare(JsonObject before, JsonObject after, FieldShape shape)
    {
        FieldSet changed = new(), removed = new();
        Compare(changed, removed, [], before, after, shape);
        return (changed, removed);
    }

    /// <summary>The parts of an object by their steps; null where it is owned whole.</summary>
    public static IEnumerable<(string Step, JsonNode? Value, FieldShape Shape)>? Parts(JsonNode? node, FieldShape shape) => (node, shape) switch
    {
        (JsonObject map, FieldShape.Fields or FieldShape.Entries) => map.Select(f => ($"f:{f.Key}", f.Value, shape.Field(f.Key, f.Value))),
        (JsonArray list, FieldShape.Items items) => list.Select(i => (shape.StepTo(i), i, items.Item)),
        (JsonArray list, FieldShape.Values) => list.Select(i => (shape.StepTo(i), i, (FieldShape)new FieldShape.Atomic())),
        _ => null,
    };

    private static void Collect(FieldSet set, IReadOnlyList<string> path, JsonNode? node, FieldShape shape)
    {
        if (Parts(node, shape) is not { } parts)
        {
            set.Add(path);
            return;
        }

        var isEmpty = true;
        foreach (var (step, value, inside) in parts)
        {
            IReadOnlyList<string> next = [.. path, step];
            isEmpty = false;
            Collect(set, next, value, inside);
            // The items of a list are owned beside what is in them.
            if (shape is FieldShape.Items)
                set.Add(next);
        }

        if (isEmpty && path.Count > 0)
            set.Add(path);
    }

    private static void Compare(FieldSet changed, FieldSet removed, IReadOnlyList<string> path, JsonNode? before, JsonNode? after, FieldShape shape)
    {
        var (old, now) = (Parts(before, shape), Parts(after, shape));
        if ((old ?? now) is null || (before is not null && after is not null && old is null != now is null))
        {
            if (after is null)
                removed.Add(path);
            else if (!JsonNode.DeepEquals(before, after))
                changed.Add(path);
            return;
        }

        var (was, isNow) = (ByStep(old), ByStep(now));
        foreach (var step in was.Keys.Union(isNow.Keys, StringComparer.Ordinal))
        {
            var (left, right) = (was.GetValueOrDefault(step), isNow.GetValueOrDefault(step));
            Compare(changed, removed, [.. path, step], left.Value, right.Value, right.Shape ?? left.Shape);
        }

        // What was not there is new itself, beside what is in it.
        if (before is null)
            changed.Add(path);
        else if (after is null)
            removed.Add(path);
    }

    // Of items with the same keys the first counts.
    private static Dictionary<string, (string Step, JsonNode? Value, FieldShape Shape)> ByStep(IEnumerable<(string Step, JsonNode? Value, FieldShape Shape)>? parts) =>
        (parts ?? []).DistinctBy(p => p.Step).ToDictionary(p => p.Step, StringComparer.Ordinal);
}
