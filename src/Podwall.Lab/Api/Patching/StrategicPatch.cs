using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>
/// Kubernetes' strategic merge: as RFC 7396, but lists that have a key are merged item by item, and fields that begin with $ say what to do.
/// Source: the Kubernetes contributor documents "Strategic Merge Patch" and "Preserve Order in Strategic Merge Patch".
/// </summary>
internal static class StrategicPatch
{
    internal const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string ElementOrder = "$setElementOrder/";
    private const string Deletions = "$deleteFromPrimitiveList/";

    /// <summary>Changes the target; the result is another node where the patch replaces all of it.</summary>
    public static JsonObject Apply(JsonObject target, JsonObject patch, MergeShape shape)
    {
        var result = Merge(target, patch, shape);
        Strip(result);
        return result;
    }

    internal static JsonObject Merge(JsonObject target, JsonObject patch, MergeShape shape)
    {
        if (patch.TryGetPropertyValue(Directive, out var directive))
            return Directed(directive, patch);
        Retain(target, patch);
        var done = patch.Where(f => f.Key.StartsWith(ElementOrder, StringComparison.Ordinal)).Select(f => f.Key[ElementOrder.Length..]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in done)
            SetInOrder(target, patch, name, shape);
        foreach (var (name, value) in patch)
            if (name.StartsWith(Deletions, StringComparison.Ordinal))
                DeleteValues(target, name[Deletions.Length..], value, shape);
            else if (name != RetainKeys && !name.StartsWith(ElementOrder, StringComparison.Ordinal) && !done.Contains(name))
                Set(target, name, value, shape);
        return target;
    }

    private static void Set(JsonObject target, string name, JsonNode? value, MergeShape shape)
    {
        switch (target[name], value)
        {
            case (_, null):
                target.Remove(name);
                break;
            case (JsonObject current, JsonObject inner) when !shape.Replaces(name):
                var merged = Merge(current, inner, shape.Below(name));
                if (!ReferenceEquals(merged, current))
                    target[name] = merged;
                break;
            case (JsonArray current, JsonArray items):
                target[name] = new StrategicList(shape.KeyOf(name), shape.Below(name)).Merge(current, items);
                break;
            // A whole object with a directive has nothing here to direct.
            case (_, JsonObject) when IsDirected(value):
                target.Remove(name);
                break;
            default:
                target[name] = Fresh(value);
                break;
        }
    }

    private static void SetInOrder(JsonObject target, JsonObject patch, string name, MergeShape shape)
    {
        var order = patch[ElementOrder + name] as JsonArray ?? throw BadOrder();
        var current = ListOrNone(target, name);
        var items = ListOrNone(patch, name);
        if (current is null && items is null)
            return;
        var list = new StrategicList(shape.KeyOf(name), shape.Below(name));
        if (items is not null)
            list.CheckOrder(items, order);
        target[name] = list.MergeInOrder(current ?? [], items ?? [], order);
    }

    private static JsonArray? ListOrNone(JsonObject fields, string name) =>
        !fields.TryGetPropertyValue(name, out var value) ? null : value as JsonArray ?? throw BadOrder();

    private static void DeleteValues(JsonObject target, string name, JsonNode? values, MergeShape shape)
    {
        if (target[name] is JsonArray current && shape.KeyOf(name) == "")
            StrategicList.Delete(current, values as JsonArray ?? throw PatchException.Malformed("invalid patch format of primitive list"));
    }

    private static JsonObject Directed(JsonNode? directive, JsonObject patch)
    {
        switch (StrategicList.TextOf(directive))
        {
            case "replace":
                var replaced = (JsonObject)patch.DeepClone();
                replaced.Remove(Directive);
                return replaced;
            case "delete":
                return [];
            default:
                throw PatchException.Unfit($"unknown patch type {directive?.ToJsonString() ?? "null"}: an object takes $patch: replace or delete");
        }
    }

    // For unions such as a volume's source: what the patch does not name goes.
    private static void Retain(JsonObject target, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var list))
            return;
        var retained = (list as JsonArray ?? throw BadRetainKeys()).Select(StrategicList.TextOf).ToHashSet();
        foreach (var (name, value) in patch)
            if (value is not null && name != RetainKeys && !name.StartsWith(Deletions, StringComparison.Ordinal) && !name.StartsWith(ElementOrder, StringComparison.Ordinal) && !retained.Contains(name))
                throw BadRetainKeys();
        foreach (var name in target.Select(f => f.Key).Where(k => !retained.Contains(k)).ToList())
            target.Remove(name);
    }

    // What is new takes neither nulls nor directed parts; lists keep their nulls.
    private static JsonNode? Fresh(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject fields:
                var kept = new JsonObject();
                foreach (var (name, inner) in fields)
                    if (inner is not null && !IsDirected(inner))
                        kept[name] = Fresh(inner);
                return kept;
            case JsonArray items:
                return new JsonArray([.. items.Where(i => !IsDirected(i)).Select(Fresh)]);
            default:
                return value?.DeepClone();
        }
    }

    // Directives that found nothing to direct are no part of an object.
    private static void Strip(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var name in fields.Select(f => f.Key).Where(IsDirective).ToList())
                    fields.Remove(name);
                foreach (var (_, value) in fields)
                    Strip(value);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Strip(item);
                break;
        }
    }

    internal static bool IsDirected(JsonNode? node) => node is JsonObject fields && fields.ContainsKey(Directive);

    private static bool IsDirective(string name) => name is ['$', ..] && (name is Directive or RetainKeys
        || name.StartsWith(ElementOrder, StringComparison.Ordinal) || name.StartsWith(Deletions, StringComparison.Ordinal));

    private static PatchException BadOrder() => PatchException.Malformed("invalid patch format of setElementOrder list");

    private static PatchException BadRetainKeys() => PatchException.Malformed("invalid patch format of retainKeys");
}
