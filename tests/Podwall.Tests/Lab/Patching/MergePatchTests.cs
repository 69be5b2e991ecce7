using System.Text.Json.Nodes;
using Podwall.Lab.Api.Patching;

namespace Podwall.Tests.Lab.Patching;

/// <summary>RFC 7396 and its appendix A.</summary>
public sealed class MergePatchTests
{
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void It_merges(string target, string patch, string expected) => Patches.Equal(expected, MergePatch.Apply(JsonNode.Parse(target), JsonNode.Parse(patch)));

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("")]
    public void The_patch_of_an_object_is_an_object(string patch) => Assert.Equal(400, Patches.Refused(PatchType.Merge, "{}", patch).Code);

    [Fact]
    public void Nothing_of_the_target_or_the_patch_is_shared()
    {
        var target = JsonNode.Parse("""{"a":{"b":1}}""")!;
        Patches.Equal("""{"a":{"b":2}}""", Patch.Apply(PatchType.Merge, target, """{"a":{"b":2}}"""u8.ToArray(), Podwall.Kubernetes.Client.ResourceType.Pods));
        Patches.Equal("""{"a":{"b":1}}""", target);
    }
}
