using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Patching;

namespace Podwall.Tests.Lab.Patching;

/// <summary>Strategic merge, case by case; <see cref="PatchOracleTests"/> asks kubectl about more.</summary>
public sealed class StrategicPatchTests
{
    private const string TwoContainers = """{"spec":{"containers":[{"name":"a","image":"1","ports":[{"containerPort":80}]},{"name":"b","image":"2"}]}}""";

    [Theory]
    [InlineData("""{"spec":{"containers":[{"name":"b","image":"3"}]}}""", """{"spec":{"containers":[{"name":"a","image":"1","ports":[{"containerPort":80}]},{"name":"b","image":"3"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"c"}]}}""", """{"spec":{"containers":[{"name":"c"},{"name":"a","image":"1","ports":[{"containerPort":80}]},{"name":"b","image":"2"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""", """{"spec":{"containers":[{"name":"b","image":"2"}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"c"},{"$patch":"replace"}]}}""", """{"spec":{"containers":[{"name":"c"}]}}""")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""", """{"spec":{"containers":[{"name":"b","image":"2"},{"name":"a","image":"1","ports":[{"containerPort":80}]}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a","image":null,"ports":[{"containerPort":81}],"env":[{"name":"x"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":81},{"containerPort":80}],"env":[{"name":"x"}]},{"name":"b","image":"2"}]}}""")]
    [InlineData("""{"spec":{"containers":null}}""", """{"spec":{}}""")]
    [InlineData("""{"spec":{"$patch":"replace","nodeName":"n"}}""", """{"spec":{"nodeName":"n"}}""")]
    [InlineData("""{"spec":{"$patch":"delete"}}""", """{"spec":{}}""")]
    [InlineData("""{"spec":{"$retainKeys":["nodeName"],"nodeName":"n"}}""", """{"spec":{"nodeName":"n"}}""")]
    [InlineData("""{"spec":{"containers":[],"affinity":{"podAffinity":null,"nodeAffinity":{"$patch":"replace"}}}}""",
        """{"spec":{"containers":[{"name":"a","image":"1","ports":[{"containerPort":80}]},{"name":"b","image":"2"}],"affinity":{}}}""")]
    public void Containers_go_by_name(string patch, string expected) => Patches.Equal(expected, Patches.Apply(PatchType.StrategicMerge, TwoContainers, patch));

    [Theory]
    [InlineData("""{"metadata":{"finalizers":["c/d","a/b"]}}""", """{"metadata":{"finalizers":["c/d","a/b"],"labels":{"x":"1"}}}""")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/b"]}}""", """{"metadata":{"finalizers":[],"labels":{"x":"1"}}}""")]
    [InlineData("""{"metadata":{"labels":{"x":null,"y":"2"}}}""", """{"metadata":{"finalizers":["a/b"],"labels":{"y":"2"}}}""")]
    [InlineData("""{"metadata":{"labels":{"$patch":"replace","y":"2"}}}""", """{"metadata":{"finalizers":["a/b"],"labels":{"y":"2"}}}""")]
    public void Finalizers_are_a_set_and_labels_a_map(string patch, string expected) =>
        Patches.Equal(expected, Patches.Apply(PatchType.StrategicMerge, """{"metadata":{"finalizers":["a/b"],"labels":{"x":"1"}}}""", patch, ResourceType.NetworkPolicies));

    [Fact]
    public void The_lists_of_a_network_policy_are_replaced() => Patches.Equal(
        """{"spec":{"ingress":[{}],"policyTypes":["Egress"]}}""",
        Patches.Apply(
            PatchType.StrategicMerge,
            """{"spec":{"ingress":[{"ports":[{"port":1}]}],"policyTypes":["Ingress"]}}""",
            """{"spec":{"ingress":[{}],"policyTypes":["Egress"]}}""",
            ResourceType.NetworkPolicies));

    public static TheoryData<ResourceType, string> MergedLists => new()
    {
        { ResourceType.Pods, "spec.containers[name].env[name]" },
        { ResourceType.Pods, "spec.initContainers[name].volumeMounts[mountPath]" },
        { ResourceType.Pods, "spec.ephemeralContainers[name].volumeDevices[devicePath]" },
        { ResourceType.Pods, "spec.volumes[name]" },
        { ResourceType.Pods, "spec.imagePullSecrets[name]" },
        { ResourceType.Pods, "spec.hostAliases[ip]" },
        { ResourceType.Pods, "spec.topologySpreadConstraints[topologyKey]" },
        { ResourceType.Pods, "status.conditions[type]" },
        { ResourceType.Pods, "status.podIPs[ip]" },
        { ResourceType.Pods, "metadata.ownerReferences[uid]" },
        { ResourceType.Nodes, "status.addresses[type]" },
        { ResourceType.Namespaces, "status.conditions[type]" },
        { ResourceType.ServiceAccounts, "secrets[name]" },
        { ResourceType.Deployments, "spec.template.spec.containers[name].ports[containerPort]" },
        { ResourceType.Deployments, "spec.template.metadata.ownerReferences[uid]" },
        { ResourceType.StatefulSets, "status.conditions[type]" },
        { ResourceType.DaemonSets, "spec.template.spec.volumes[name]" },
        { ResourceType.ReplicaSets, "spec.template.spec.containers[name]" },
        { ResourceType.Jobs, "spec.template.spec.containers[name]" },
        { ResourceType.CronJobs, "spec.jobTemplate.spec.template.spec.containers[name].env[name]" },
        { ResourceType.Services, "spec.ports[port]" },
    };

    [Theory]
    [MemberData(nameof(MergedLists))]
    public void Lists_with_a_key_are_merged(ResourceType resource, string path) =>
        Patches.Equal(Nested(path, "1", "2"), Patches.Apply(PatchType.StrategicMerge, Nested(path, "2"), Nested(path, "1"), resource));

    [Theory]
    [InlineData("spec.tolerations[key]")]
    [InlineData("spec.containers[name].envFrom[prefix]")]
    [InlineData("status.containerStatuses[name]")]
    public void Other_lists_are_replaced(string path) =>
        Patches.Equal(Nested(path, "1"), Patches.Apply(PatchType.StrategicMerge, Nested(path, "2"), Nested(path, "1")));

    [Theory]
    [InlineData(422, """{"spec":{"containers":[{"image":"x"}]}}""")]
    [InlineData(422, """{"spec":{"containers":[1]}}""")]
    [InlineData(422, """{"spec":{"containers":[null]}}""")]
    [InlineData(422, """{"spec":{"containers":[[]]}}""")]
    [InlineData(422, """{"spec":{"containers":[{"name":"a","$patch":"merge"}]}}""")]
    [InlineData(422, """{"spec":{"$patch":"merge"}}""")]
    [InlineData(422, """{"spec":{"$patch":null}}""")]
    [InlineData(422, """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a"},{"name":"b"}]}}""")]
    [InlineData(400, """{"spec":{"$setElementOrder/containers":{}}}""")]
    [InlineData(400, """{"spec":{"$retainKeys":["a"],"b":1}}""")]
    [InlineData(400, """{"spec":{"$retainKeys":1}}""")]
    [InlineData(400, "[]")]
    [InlineData(400, "{")]
    public void What_cannot_be_merged_is_refused(int code, string patch) => Assert.Equal(code, Patches.Refused(PatchType.StrategicMerge, TwoContainers, patch).Code);

    // Of "a.b[k].c[l]" and two values: the innermost list has an item for each, those on the way one item, "x".
    private static string Nested(string path, params string[] values)
    {
        var parts = path.Split('.');
        var inner = "";
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            var field = parts[i].Split('[', ']');
            inner = field is [var name, var key, ..]
                ? inner.Length == 0
                    ? $$"""{"{{name}}":[{{string.Join(',', values.Select(v => $$"""{"{{key}}":"{{v}}"}"""))}}]}"""
                    : $$"""{"{{name}}":[{"{{key}}":"x",{{inner[1..]}}]}"""
                : $$"""{"{{field[0]}}":{{inner}}}""";
        }

        return inner;
    }
}
