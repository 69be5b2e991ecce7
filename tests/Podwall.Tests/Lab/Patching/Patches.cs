using System.Text;
using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Patching;

namespace Podwall.Tests.Lab.Patching;

/// <summary>Patches and objects as text.</summary>
internal static class Patches
{
    public static JsonNode Apply(PatchType type, string target, string patch, ResourceType? resource = null) =>
        Patch.Apply(type, JsonNode.Parse(target)!, Encoding.UTF8.GetBytes(patch), resource ?? ResourceType.Pods);

    public static PatchException Refused(PatchType type, string target, string patch, ResourceType? resource = null) =>
        Assert.Throws<PatchException>(() => Apply(type, target, patch, resource));

    public static void Equal(string expected, JsonNode? actual) => Assert.True(
        JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}\nbut got  {actual?.ToJsonString() ?? "null"}");
}
