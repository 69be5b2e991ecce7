using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Patching;

namespace Podwall.Tests.Lab.Patching;

/// <summary>Random patches, with what <c>kubectl patch --local</c> makes of them.</summary>
public sealed class PatchOracleTests : IDisposable
{
    private static readonly ResourceType Unknown = new("example.com", "v1", "things", "Thing");
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-patch").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Json_patches_do_what_kubectl_does() => Compare(PatchType.Json, "json", Unknown, random =>
    {
        var spec = random.Object();
        return (Thing(spec), random.Operations(spec));
    });

    [Fact]
    public void Merge_patches_do_what_kubectl_does() =>
        Compare(PatchType.Merge, "merge", Unknown, random => (Thing(random.Object()), new JsonObject { ["spec"] = random.Object() }));

    [Fact]
    public void Strategic_patches_do_what_kubectl_does() =>
        Compare(PatchType.StrategicMerge, "strategic", ResourceType.Pods, random => (random.Pod(), random.StrategicPatch()));

    private static JsonObject Thing(JsonObject spec) =>
        new() { ["apiVersion"] = "example.com/v1", ["kind"] = "Thing", ["metadata"] = new JsonObject { ["name"] = "x" }, ["spec"] = spec.DeepClone() };

    private void Compare(PatchType type, string name, ResourceType resource, Func<RandomPatch, (JsonObject Target, JsonNode Patch)> generate)
    {
        LocalKubectl.Require();
        Gen.Int[0, int.MaxValue - 1].Sample(
            seed =>
            {
                var (target, patch) = generate(new(seed));
                var file = Path.Combine(folder, $"{seed}.json");
                File.WriteAllText(file, target.ToJsonString());
                var (succeeded, text) = LocalKubectl.Run("patch", "--local", "-o", "json", "-f", file, $"--type={name}", "-p", patch.ToJsonString());
                File.Delete(file);
                // It dies of some tests of lists with nulls.
                if (text.StartsWith("panic:", StringComparison.Ordinal))
                    return;
                var about = $"{target.ToJsonString()}\n{patch.ToJsonString()}\nkubectl: {(succeeded ? JsonNode.Parse(text)!.ToJsonString() : text)}\n";
                try
                {
                    var patched = Patch.Apply(type, target, Encoding.UTF8.GetBytes(patch.ToJsonString()), resource);
                    Assert.True(succeeded, $"{about}not refused, but {patched.ToJsonString()}");
                    Assert.True(JsonNode.DeepEquals(Normalised(JsonNode.Parse(text), patch), Normalised(patched, patch)), $"{about}ours: {patched.ToJsonString()}");
                }
                catch (PatchException e)
                {
                    Assert.False(succeeded, $"{about}refused: {e.Message}");
                }
            },
            iter: Effort.Times(20),
            threads: 2);
    }

    // The server drops what directives are left when it decodes the object; kubectl prints them.
    // In arrays of a merge patch kubectl drops the null fields of objects, against the RFC; to a decoder they are the same.
    // Where a patch deletes items and sets an order too, kubectl places new items by what its deletions left in memory.
    private static JsonNode? Normalised(JsonNode? node, JsonNode patch, bool inArray = false)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var name in fields.Where(f => f.Key is ['$', ..] || (inArray && f.Value is null)).Select(f => f.Key).ToList())
                    fields.Remove(name);
                foreach (var (_, value) in fields)
                    Normalised(value, patch, inArray);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Normalised(item, patch, inArray: true);
                if (IsUnordered(patch))
                    Sort(items);
                break;
        }

        return node;
    }

    private static bool IsUnordered(JsonNode patch) => patch.ToJsonString() is var text && text.Contains("\"$patch\":\"delete\"") && text.Contains("$setElementOrder/");

    private static void Sort(JsonArray items)
    {
        var sorted = items.OrderBy(i => i is JsonObject fields ? fields["name"]?.ToJsonString() ?? "" : "", StringComparer.Ordinal).ToList();
        items.Clear();
        foreach (var item in sorted)
            items.Add(item);
    }
}
