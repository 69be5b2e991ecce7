using System.Text.Json.Nodes;

namespace Podwall.Tests.Lab;

/// <summary>What a real API server answered, recorded beside the checkout.</summary>
internal sealed record RecordedFact(string Title, string Method, string Path, int Status, JsonNode? Body)
{
    public bool IsWatch => Path.Contains("watch=1", StringComparison.Ordinal);

    public static IReadOnlyList<RecordedFact> ReadAll() =>
        [.. JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Corpus.Require(), "..", "kubernetes-api", "watch-facts.json")))!.AsArray().Select(f => new RecordedFact(
            f!["title"]!.GetValue<string>(), f["request"]!.GetValue<string>().Split(' ')[0], f["request"]!.GetValue<string>().Split(' ')[1], f["status"]!.GetValue<int>(), f["body"]))];

    /// <summary>A body without what differs from run to run, and without what belongs to a later part of the server.</summary>
    public static string Normal(JsonNode? body) => Masked(body?.DeepClone())?.ToJsonString() ?? "null";

    private static JsonNode? Masked(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var key in new[] { "managedFields", "description", "kubernetes.io/initial-events-list-blueprint" })
                    fields.Remove(key);
                foreach (var key in new[] { "uid", "creationTimestamp", "deletionTimestamp", "n", "continue" })
                    if (fields[key] is JsonValue)
                        fields[key] = "*";
                if (fields["cells"] is JsonArray cells)
                    cells[^1] = "*";
                if (fields["message"] is JsonValue message)
                    fields["message"] = System.Text.RegularExpressions.Regex.Replace(message.GetValue<string>(), "record \\(.*?\\)|current: \\d+|is not valid: .*", "*");
                foreach (var (_, value) in fields.ToArray())
                    Masked(value);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Masked(item);
                break;
        }

        return node;
    }
}
