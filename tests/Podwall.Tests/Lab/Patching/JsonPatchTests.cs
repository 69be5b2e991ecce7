using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Patching;

namespace Podwall.Tests.Lab.Patching;

/// <summary>RFC 6902, its appendix A by number, and the limits.</summary>
public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"baz":"qux","foo":"bar"}""")] // A.1
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")] // A.2
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")] // A.3
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")] // A.4
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")] // A.5
    [InlineData(
        """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""",
        """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
        """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")] // A.6
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")] // A.7
    [InlineData(
        """{"baz":"qux","foo":["a",2,"c"]}""",
        """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""",
        """{"baz":"qux","foo":["a",2,"c"]}""")] // A.8
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")] // A.10
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""", """{"foo":"bar","baz":"qux"}""")] // A.11
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","op":"remove","path":"/foo"}]""", "{}")] // A.13: of two the last holds
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")] // A.14
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")] // A.16
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/a","path":"/b"},{"op":"replace","path":"/a","value":null}]""", """{"a":null,"b":1}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"replace","path":"","value":{"c":2}}]""", """{"c":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":1}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"copy","from":"/a","path":"/a/0"}]""", """{"a":[[1],1]}""")]
    [InlineData("""{"a":1.0}""", """[{"op":"test","path":"/a","value":1}]""", """{"a":1.0}""")]
    [InlineData("""{"a":{"":{"b/c":1}}}""", """[{"op":"remove","path":"/a//b~1c"}]""", """{"a":{"":{}}}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/b","value":null}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/b","path":"/c"}]""", """{"a":1,"c":null}""")]
    [InlineData("""{"a":1}""", "[]", """{"a":1}""")]
    public void It_applies(string target, string patch, string expected) => Patches.Equal(expected, Patches.Apply(PatchType.Json, target, patch));

    [Theory]
    [InlineData("""{"baz":"qux"}""", """[{"op":"test","path":"/baz","value":"bar"}]""")] // A.9
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz/bat","value":"qux"}]""")] // A.12
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":"10"}]""")] // A.15
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/2","value":0}]""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/00","value":0}]""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/+0","value":0}]""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/-1","value":0}]""")]
    [InlineData("""{"a":[1]}""", """[{"op":"replace","path":"/a/-","value":0}]""")]
    [InlineData("""{"a":[1]}""", """[{"op":"remove","path":"/a/99999999999"}]""")]
    [InlineData("""{"a":1}""", """[{"op":"remove","path":"/b"}]""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/b/c","value":1}]""")]
    [InlineData("""{"a":[1]}""", """[{"op":"copy","from":"/a/1","path":"/c"}]""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/b","value":1}]""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/b","path":"/c"}]""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a","path":"/a/b"}]""")]
    [InlineData("""{"a":1}""", """[{"op":"remove","path":""}]""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":[1]}]""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/b/c","value":null}]""")]
    public void What_does_not_fit_is_invalid(string target, string patch)
    {
        var refusal = Patches.Refused(PatchType.Json, target, patch);
        Assert.Equal((422, "Invalid", "the server rejected our request due to an error in our request"), (refusal.Code, refusal.Reason, refusal.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("""[{"path":"/a","value":1}]""")]
    [InlineData("""[{"op":"merge","path":"/a","value":1}]""")]
    [InlineData("""[{"op":"add","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":1,"value":1}]""")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a~2","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a~","value":1}]""")]
    [InlineData("""[{"op":"move","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"/a","value":"\ud800"}]""")]
    [InlineData("""[{"op":"add","path":"/a","value":1}] x""")]
    public void What_is_no_patch_is_a_bad_request(string patch)
    {
        var refusal = Patches.Refused(PatchType.Json, """{"a":1}""", patch);
        Assert.Equal((400, "BadRequest"), (refusal.Code, refusal.Reason));
    }

    [Fact]
    public void Nothing_of_the_target_changes()
    {
        var target = JsonNode.Parse("""{"a":{"b":[1,2]}}""")!;
        var patched = Patch.Apply(PatchType.Json, target, """[{"op":"remove","path":"/a/b/0"},{"op":"move","from":"/a","path":"/c"}]"""u8.ToArray(), ResourceType.Pods);
        Patches.Equal("""{"a":{"b":[1,2]}}""", target);
        Patches.Equal("""{"c":{"b":[2]}}""", patched);
    }

    [Fact]
    public void There_are_at_most_ten_thousand_operations()
    {
        var refusal = Patches.Refused(PatchType.Json, "{}", $"[{string.Join(',', Enumerable.Repeat("""{"op":"add","path":"/a","value":1}""", 10_001))}]");
        Assert.Equal((413, "RequestEntityTooLarge"), (refusal.Code, refusal.Reason));
        Assert.EndsWith("The allowed maximum operations in a JSON patch is 10000, got 10001", refusal.Message);
    }

    [Fact]
    public void Copies_do_not_multiply_without_end()
    {
        var operations = Enumerable.Range(1, 40).Select(i => $$"""{"op":"copy","from":"/a","path":"/a/x{{i}}"}""");
        Assert.Equal(422, Patches.Refused(PatchType.Json, """{"a":{"b":"some text"}}""", $"[{string.Join(',', operations)}]").Code);
    }

    [Fact]
    public void Nesting_has_an_end()
    {
        Assert.Equal(400, Patches.Refused(PatchType.Merge, "{}", $"{{\"a\":{new string('[', 100)}{new string(']', 100)}}}").Code);
        var text = new StringBuilder("""[{"op":"add","path":"/a","value":{}}""");
        for (var i = 0; i < 200; i++)
            text.Append(""",{"op":"add","path":"/b","value":{}},{"op":"move","from":"/a","path":"/b/a"},{"op":"move","from":"/b","path":"/a"}""");
        Assert.Equal(422, Patches.Refused(PatchType.Json, "{}", text.Append(']').ToString()).Code);
    }
}
