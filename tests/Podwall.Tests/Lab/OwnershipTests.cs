using System.Text.Json.Nodes;
using CsCheck;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Ownership;

namespace Podwall.Tests.Lab;

/// <summary>What holds of server-side apply whatever is applied.</summary>
public sealed class OwnershipTests
{
    private static readonly ServedResource Services = ServedResource.Of(ResourceType.Services);

    private static readonly Gen<string> Word = Gen.Char["abcd"].Select(c => $"{c}");

    // Labels, ports by number, and a selector that is owned whole.
    private static readonly Gen<JsonObject> Configs =
        from labels in Gen.Dictionary(Word, Word)[0, 3]
        from ports in Gen.Dictionary(Gen.Int[80, 84], Word)[0, 3]
        from selector in Gen.Dictionary(Word, Word)[0, 2]
        select new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "web", ["labels"] = Map(labels) },
            ["spec"] = new JsonObject { ["selector"] = Map(selector), ["ports"] = new JsonArray([.. ports.Select(p => (JsonNode)new JsonObject { ["port"] = p.Key, ["protocol"] = "TCP", ["name"] = p.Value })]) },
        };

    private readonly FieldOwnership ownership = new(new(new ManualTime()));

    [Fact]
    public void The_same_again_changes_nothing() => Configs.Sample(config =>
    {
        var once = Apply(null, config, "me");
        Assert.True(JsonNode.DeepEquals(once, Apply(once, config, "me")));
    }, iter: Effort.Times(300));

    [Fact]
    public void A_manager_alone_has_what_he_applied_last() => Gen.Select(Configs, Configs).Sample((first, second) =>
        Assert.True(JsonNode.DeepEquals(Plain(Apply(null, second, "me")), Plain(Apply(Apply(null, first, "me"), second, "me")))), iter: Effort.Times(300));

    [Fact]
    public void With_force_the_last_has_all_of_his_and_what_is_left_has_an_owner() => Gen.Select(Configs, Configs).Sample((first, second) =>
    {
        var both = Apply(Apply(null, first, "one"), second, "two", force: true);
        // What the second applied is there.
        Assert.True(JsonNode.DeepEquals(both, Apply(both, second, "two")));
        // What he lets go of goes, unless it is the first's as well.
        var left = Apply(both, new() { ["metadata"] = new JsonObject { ["name"] = "web" } }, "two");
        var managed = ManagedFields.Read(left);
        Assert.DoesNotContain(managed?.Managers ?? [], m => m.Name == "two");
        var owned = managed?.Of(new("one", Manager.Apply, "v1", "")) ?? new();
        var kept = FieldWalk.SetBy((JsonObject)left["spec"]!["ports"]!.Parent!.DeepClone(), ((FieldShape.Fields)FieldShape.Of(ResourceType.Services)).Field("spec", left["spec"]));
        Assert.All(kept.Paths().Where(p => p.Count > 1), p => Assert.True(owned.Touches(["f:spec", .. p]), string.Join('.', p)));
    }, iter: Effort.Times(300));

    [Fact]
    public void Another_value_of_anothers_field_is_a_conflict_and_the_same_value_is_shared()
    {
        var one = Apply(null, Labelled("x"), "one");
        Assert.Equal("Apply failed with 1 conflict: conflict with \"one\": .metadata.labels.team", Assert.Throws<ApiFailure>(() => Apply(one, Labelled("y"), "two")).Message);
        var shared = Apply(one, Labelled("x"), "two");
        Assert.Equal(["one", "two"], ManagedFields.Read(shared)!.Managers.Select(m => m.Name).Order(StringComparer.Ordinal));
        // As long as one of the owners applies it, it stays.
        var dropped = Apply(shared, new() { ["metadata"] = new JsonObject { ["name"] = "web" } }, "one");
        Assert.Equal("x", dropped["metadata"]!["labels"]!["team"]!.ToString());
    }

    private static JsonObject Labelled(string team) => new() { ["metadata"] = new JsonObject { ["name"] = "web", ["labels"] = new JsonObject { ["team"] = team } } };

    private JsonObject Apply(JsonObject? live, JsonObject config, string manager, bool force = false) => ownership.Apply(Services, (JsonObject?)live?.DeepClone(), config, manager, force, null);

    private static JsonObject Map(Dictionary<string, string> map) => new(map.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));

    // Without the order of a list, and without maps and lists that say nothing.
    private static JsonObject Plain(JsonObject tree)
    {
        var plain = (JsonObject)tree.DeepClone();
        plain["spec"]!["ports"] = new JsonArray([.. (plain["spec"]!["ports"] as JsonArray ?? []).Select(p => p!.DeepClone()).OrderBy(p => (int)p["port"]!)]);
        ((JsonObject)plain["metadata"]!).Remove("managedFields");
        return plain;
    }
}
