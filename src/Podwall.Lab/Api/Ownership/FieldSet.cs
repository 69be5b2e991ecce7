using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Ownership;

/// <summary>
/// A set of fields of an object, as <c>managedFields</c> holds it (FieldsV1): a tree whose steps are <c>f:</c> a field,
/// <c>k:</c> an item of a list by its keys, <c>v:</c> an item by its value. Immutable but while it is built.
/// </summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> below = new(StringComparer.Ordinal);

    /// <summary>The field that this node stands for is in the set itself, whatever lies below it.</summary>
    public bool IsMember { get; private set; }

    public bool IsEmpty => !IsMember && below.Values.All(b => b.IsEmpty);

    public IEnumerable<KeyValuePair<string, FieldSet>> Below => below;

    public static FieldSet Parse(JsonNode? fields)
    {
        FieldSet set = new();
        foreach (var (step, inside) in fields as JsonObject ?? [])
            if (step == ".")
                set.IsMember = true;
            else
                set.below[step] = inside is JsonObject { Count: > 0 } ? Parse(inside) : new() { IsMember = true };
        return set;
    }

    public void Add(IEnumerable<string> path)
    {
        var at = this;
        foreach (var step in path)
            at = at.below.TryGetValue(step, out var next) ? next : at.below[step] = new();
        at.IsMember = true;
    }

    /// <summary>Whether the field or anything below it is in the set.</summary>
    public bool Touches(IEnumerable<string> path)
    {
        var at = this;
        foreach (var step in path)
            if (!at.below.TryGetValue(step, out at))
                return false;
        return !at.IsEmpty;
    }

    /// <summary>Every field of the set.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    public FieldSet Union(FieldSet other) => Combine(other, (mine, its) => mine || its);

    public FieldSet Except(FieldSet other) => Combine(other, (mine, its) => mine && !its);

    public FieldSet Intersect(FieldSet other) => Combine(other, (mine, its) => mine && its);

    /// <summary>The set as FieldsV1.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = [];
        if (IsMember && !below.Values.All(b => b.IsEmpty))
            json["."] = new JsonObject();
        foreach (var (step, inside) in below)
            if (!inside.IsEmpty)
                json[step] = inside.ToJson();
        return json;
    }

    private IEnumerable<IReadOnlyList<string>> Paths(IReadOnlyList<string> here)
    {
        if (IsMember)
            yield return here;
        foreach (var (step, inside) in below)
            foreach (var path in inside.Paths([.. here, step]))
                yield return path;
    }

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> isMember)
    {
        FieldSet set = new() { IsMember = isMember(IsMember, other.IsMember) };
        foreach (var step in below.Keys.Union(other.below.Keys, StringComparer.Ordinal))
            if ((below.GetValueOrDefault(step) ?? Nothing).Combine(other.below.GetValueOrDefault(step) ?? Nothing, isMember) is { IsEmpty: false } inside)
                set.below[step] = inside;
        return set;
    }

    private static FieldSet Nothing { get; } = new();
}
