using System.Text.Json.Nodes;

namespace Podwall.Lab.Api.Patching;

/// <summary>RFC 7396.</summary>
internal static class MergePatch
{
    /// <param name="target">Is changed, or replaced by what is returned.</param>
    public static JsonNode Apply(JsonNode? target, JsonObject patch)
    {
        var merged = target as JsonObject ?? [];
        foreach (var (key, value) in patch)
        {
            if (value is null)
                merged.Remove(key);
            else if (value is JsonObject inner)
            {
                var old = merged[key];
                merged.Remove(key);
                merged[key] = Apply(old, inner);
            }
            else
                merged[key] = value.DeepClone();
        }

        return merged;
    }
}
