using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>RFC 7396: objects are merged, null removes, everything else replaces.</summary>
internal static class MergePatch
{
    /// <summary>Changes the target; the result is the target itself where both are objects.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var fields = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
            if (value is null)
                fields.Remove(name);
            else if (value is JsonObject inner && fields[name] is JsonObject current)
                Apply(current, inner);
            else
                fields[name] = Apply(null, value);
        return fields;
    }
}
