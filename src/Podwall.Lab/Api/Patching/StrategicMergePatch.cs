using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>
/// Kubernetes' own patch: as a merge, but the items of lists that have a key are merged one by one. Directives:
/// <c>$patch</c>, <c>$retainKeys</c>, <c>$deleteFromPrimitiveList</c>, <c>$setElementOrder</c>.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";
    private const string Order = "$setElementOrder/";

    /// <param name="target">Is changed.</param>
    /// <param name="path">Where the target stands in the object, for the keys of its lists.</param>
    public static JsonObject Apply(JsonObject target, JsonObject patch, string path)
    {
        switch (TextOf(patch[Directive]))
        {
            case "replace":
                return Without(patch);
            case "delete":
                return [];
            case null or "merge":
                break;
            case var unknown:
                throw Patch.Unreadable($"Unknown patch type found: {unknown}");
        }

        if (patch[RetainKeys] is JsonArray kept)
            foreach (var key in target.Select(f => f.Key).Except(kept.Select(TextOf)).ToArray())
                target.Remove(key!);
        foreach (var (key, value) in patch)
            Merge(target, key, value, path);
        foreach (var (key, value) in patch)
            if (key.StartsWith(Order, StringComparison.Ordinal) && value is JsonArray order && target[key[Order.Length..]] is JsonArray list)
                Sort(list, order, MergeKeys.Of($"{path}.{key[Order.Length..]}"));
        return target;
    }

    private static void Merge(JsonObject target, string key, JsonNode? value, string path)
    {
        if (key.StartsWith(DeleteFrom, StringComparison.Ordinal))
        {
            if (value is JsonArray gone && target[key[DeleteFrom.Length..]] is JsonArray primitives)
                foreach (var item in gone)
                    primitives.RemoveAll(p => JsonNode.DeepEquals(p, item));
            return;
        }

        if (key.StartsWith('$'))
            return;
        var inside = $"{path}.{key}";
        switch (value)
        {
            case null:
                target.Remove(key);
                break;
            case JsonObject fields:
                var old = target[key] as JsonObject ?? [];
                target.Remove(key);
                if (TextOf(fields[Directive]) != "delete")
                    target[key] = Apply(old, fields, inside);
                break;
            case JsonArray items when MergeKeys.Of(inside) is { } mergeKey:
                var list = target[key] as JsonArray ?? [];
                target.Remove(key);
                target[key] = mergeKey.Length == 0 ? Union(list, items) : MergeItems(list, items, mergeKey, inside);
                break;
            default:
                target[key] = value.DeepClone();
                break;
        }
    }

    private static JsonArray Union(JsonArray list, JsonArray items)
    {
        foreach (var item in items)
            if (!list.Any(known => JsonNode.DeepEquals(known, item)))
                list.Add(item?.DeepClone());
        return list;
    }

    private static JsonArray MergeItems(JsonArray list, JsonArray items, string key, string path)
    {
        if (items.OfType<JsonObject>().Any(i => TextOf(i[Directive]) == "replace"))
            return [.. items.OfType<JsonObject>().Where(i => TextOf(i[Directive]) != "replace" || i.Count > 1).Select(Without)];
        foreach (var item in items)
        {
            if (item is not JsonObject fields || !fields.TryGetPropertyValue(key, out var name) || name is null)
                throw ApiFailure.BadRequest($"map: {item?.ToJsonString() ?? "null"} does not contain declared merge key: {key}");
            var index = list.ToList().FindIndex(known => JsonNode.DeepEquals((known as JsonObject)?[key], name));
            if (TextOf(fields[Directive]) == "delete")
            {
                if (index >= 0)
                    list.RemoveAt(index);
            }
            else if (index < 0)
                list.Add((JsonNode)Apply([], fields, path));
            else
            {
                var known = (JsonObject)list[index]!.DeepClone();
                list[index] = Apply(known, fields, path);
            }
        }

        return list;
    }

    // Named items come in the given order; others keep their place behind the one that they followed.
    private static void Sort(JsonArray list, JsonArray order, string? key)
    {
        if (key is null)
            return;
        var wanted = order.Select(o => key.Length == 0 ? o : (o as JsonObject)?[key]).ToList();
        var all = list.Select(i => i?.DeepClone()).ToList();
        var places = new int[all.Count];
        for (var i = 0; i < all.Count; i++)
        {
            var place = wanted.FindIndex(w => JsonNode.DeepEquals(w, key.Length == 0 ? all[i] : (all[i] as JsonObject)?[key]));
            places[i] = place >= 0 ? place : i > 0 ? places[i - 1] : -1;
        }

        list.Clear();
        foreach (var index in Enumerable.Range(0, all.Count).OrderBy(i => places[i]))
            list.Add(all[index]);
    }

    private static JsonObject Without(JsonObject patch)
    {
        var plain = (JsonObject)patch.DeepClone();
        foreach (var key in plain.Select(f => f.Key).Where(k => k.StartsWith('$')).ToArray())
            plain.Remove(key);
        return plain;
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
