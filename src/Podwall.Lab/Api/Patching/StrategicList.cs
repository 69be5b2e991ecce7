using System.Text.Json;
using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>One list under strategic merge: by a key, as a set of plain values (the key is empty), or replaced whole (it is null).</summary>
internal sealed class StrategicList(string? key, MergeShape shape)
{
    /// <summary>The merged list: the items of the patch in its order, the others near where they stood. Empties <paramref name="current"/>.</summary>
    public JsonArray Merge(JsonArray current, JsonArray patch)
    {
        if (key is null)
            return (JsonArray)patch.DeepClone();
        if (current.Count == 0 && patch.Count == 0)
            return [];
        if (CheckKind([.. current, .. patch]) != JsonValueKind.Object)
            return ByValue(current, patch);
        return key == "" ? throw PatchException.Unfit("the items of this list are plain values, not objects") : ByKey(current, patch);
    }

    /// <summary>The same under <c>$setElementOrder</c>.</summary>
    public JsonArray MergeInOrder(JsonArray current, JsonArray patch, JsonArray order)
    {
        var before = current.Select(IdentityOrNone).ToList();
        CheckKind([.. current, .. patch]);
        var merged = current.Count == 0 ? Copies(patch) : patch.Count == 0 ? Taken(current) : Taken(Merge(current, patch));
        return Arranged(merged, [.. order.Select(IdentityOrNone)], before);
    }

    /// <summary>The items of a patch must stand in the order that it asks for.</summary>
    public void CheckOrder(JsonArray patch, JsonArray order)
    {
        if (patch.Count == 0 || order.Count == 0)
            return;
        var place = 0;
        foreach (var item in patch.Where(i => !StrategicPatch.IsDirected(i)))
        {
            var identity = Identity(item);
            while (place < order.Count && Identity(order[place]) != identity)
                place++;
            if (place++ == order.Count)
                throw PatchException.Unfit("the items of the patch are not in the order of its $setElementOrder list");
        }
    }

    public static void Delete(JsonArray current, JsonArray values)
    {
        var deleted = values.Select(IdentityOf).ToHashSet();
        for (var i = current.Count - 1; i >= 0; i--)
            if (deleted.Contains(IdentityOf(current[i])))
                current.RemoveAt(i);
    }

    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private JsonArray ByValue(JsonArray current, JsonArray patch)
    {
        var before = current.Select(Identity).ToList();
        return Arranged([.. Taken(current).Concat(Copies(patch)).DistinctBy(Identity)], [.. patch.Select(Identity)], before);
    }

    private JsonArray ByKey(JsonArray current, JsonArray patch)
    {
        var plain = patch.Where(i => !StrategicPatch.IsDirected(i)).ToList();
        var order = plain.Select(Identity).ToList();
        if (Directives(patch, out var deleted))
            return Arranged([.. plain.Select(i => i?.DeepClone())], [], order);

        var before = current.Select(IdentityOrNone).ToList();
        var merged = Taken(current).Where(i => IdentityOrNone(i) is not { } identity || !deleted.Contains(identity)).ToList();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < merged.Count; i++)
            if (IdentityOrNone(merged[i]) is { } identity)
                places.TryAdd(identity, i);
        foreach (var item in plain)
            if (places.TryGetValue(Identity(item), out var place))
                merged[place] = StrategicPatch.Merge((JsonObject)merged[place]!, (JsonObject)item!, shape);
            else
            {
                places.Add(Identity(item), merged.Count);
                merged.Add(item!.DeepClone());
            }

        return Arranged(merged, order, before);
    }

    // True where the patch is to replace the list.
    private bool Directives(JsonArray patch, out HashSet<string> deleted)
    {
        deleted = [];
        var replaces = false;
        foreach (var item in patch.Where(StrategicPatch.IsDirected))
            switch (TextOf(item![StrategicPatch.Directive]))
            {
                case "delete":
                    deleted.Add(Identity(item));
                    break;
                case "replace":
                    replaces = true;
                    break;
                default:
                    throw PatchException.Unfit("an item of a list takes $patch: replace or delete");
            }
        return replaces;
    }

    // Both halves sorted, then one into the other: a server's item goes before a patched one that stood behind it.
    private JsonArray Arranged(List<JsonNode?> items, IReadOnlyList<string?> order, IReadOnlyList<string?> before)
    {
        var (wanted, stood) = (Places(order), Places(before));
        var sorted = items.Select(i => (Node: i, Id: Identity(i))).ToList();
        var patched = sorted.Where(i => wanted.ContainsKey(i.Id)).OrderBy(i => wanted[i.Id]).ToList();
        var others = new Queue<(JsonNode? Node, string Id)>(sorted.Where(i => !wanted.ContainsKey(i.Id)).OrderBy(i => stood.GetValueOrDefault(i.Id, -1)));
        var arranged = new JsonArray();
        foreach (var item in patched)
        {
            while (others.TryPeek(out var other) && stood.TryGetValue(other.Id, out var left) && stood.TryGetValue(item.Id, out var right) && left <= right)
                arranged.Add(others.Dequeue().Node);
            arranged.Add(item.Node);
        }

        foreach (var (node, _) in others)
            arranged.Add(node);
        return arranged;
    }

    private static Dictionary<string, int> Places(IReadOnlyList<string?> identities)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < identities.Count; i++)
            if (identities[i] is { } identity)
                places.TryAdd(identity, i);
        return places;
    }

    private string Identity(JsonNode? item) => IdentityOrNone(item)
        ?? throw PatchException.Unfit($"an item of the list does not contain the merge key: {key}");

    private string? IdentityOrNone(JsonNode? item) => key is null or "" ? IdentityOf(item)
        : item is not JsonObject fields ? throw PatchException.Unfit($"an item of a list that is merged by {key} is no object")
        : fields.TryGetPropertyValue(key, out var value) ? IdentityOf(value) : null;

    private static string IdentityOf(JsonNode? value) => TextOf(value) is { } text ? $"'{text}" : value?.ToJsonString() ?? "null";

    private static JsonValueKind CheckKind(List<JsonNode?> items)
    {
        var kinds = items.Select(i => i?.GetValueKind() switch
        {
            null => JsonValueKind.Null,
            JsonValueKind.False => JsonValueKind.True,
            { } kind => kind,
        }).Distinct().ToList();
        return kinds is [not (JsonValueKind.Array or JsonValueKind.Null)] ? kinds[0]
            : throw PatchException.Unfit("the items of a list that is merged must be objects all, or plain values of one type");
    }

    private static List<JsonNode?> Taken(JsonArray list)
    {
        var items = list.ToList();
        list.Clear();
        return items;
    }

    private static List<JsonNode?> Copies(JsonArray list) => [.. list.Select(i => i?.DeepClone())];
}
