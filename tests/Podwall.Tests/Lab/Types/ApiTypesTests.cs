using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s.Models;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Patching;
using Podwall.Lab.Api.Types;
using Podwall.Tests.Lab.Patching;

namespace Podwall.Tests.Lab.Types;

/// <summary>What is written down of the API's types, against those who have it from the source: the official client, and kubectl.</summary>
public sealed class ApiTypesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("podwall-types").FullName;

    public static TheoryData<string> Kinds => [.. ServedResource.All.Select(r => r.Type.ApiVersion + " " + r.Type.Kind)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Kinds))]
    public void The_official_client_has_the_same_fields(string kind)
    {
        var type = Of(kind);
        var models = typeof(V1Pod).Assembly.GetTypes().Where(t => t.GetCustomAttribute<KubernetesEntityAttribute>() is { } entity && entity.Kind == type.Name
            && (entity.Group.Length > 0 ? $"{entity.Group}/{entity.ApiVersion}" : entity.ApiVersion) == type.ApiVersion);
        Compare(type, models.First(m => m.Name != "V1EventList"), []);
    }

    // kubectl merges by the types that it was built with, and refuses what they do not have.
    [Theory, MemberData(nameof(Kinds))]
    public void Every_list_is_merged_as_kubectl_merges_it(string kind)
    {
        LocalKubectl.Require();
        var type = Of(kind);
        var (target, patch) = (Whole(type, "a"), Whole(type, "b"));
        foreach (var side in new[] { target, patch })
        {
            (side["apiVersion"], side["kind"], side["metadata"]!["name"]) = (type.ApiVersion, type.Name, "x");
            // kubectl does not print these.
            ((JsonObject)side["metadata"]!).Remove("managedFields");
        }

        var file = Path.Combine(folder, "target.json");
        File.WriteAllText(file, target.ToJsonString());
        var (succeeded, text) = LocalKubectl.Run("patch", "--local", "-o", "json", "-f", file, "--type=strategic", "-p", patch.ToJsonString());
        Assert.True(succeeded, text);
        var merged = Patch.Apply(PatchType.StrategicMerge, target, Encoding.UTF8.GetBytes(patch.ToJsonString()), ServedResource.All.First(r => r.Type.ApiVersion == type.ApiVersion && r.Type.Kind == type.Name).Type);
        Assert.Equal(Sorted(JsonNode.Parse(text)).ToJsonString(), Sorted(merged).ToJsonString());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_field_has_words(string kind)
    {
        HashSet<ApiType> seen = [];
        Visit(Of(kind));

        void Visit(ApiType type)
        {
            if (!seen.Add(type))
                return;
            Assert.All(type.Fields, f => Assert.True(f.Words is [.., '.'], $"{type.Name}.{f.Name}"));
            foreach (var field in type.Fields)
                if (field.Type.Innermost is { } inner)
                    Visit(inner);
        }
    }

    private static ApiType Of(string kind) => ApiTypes.Find(kind.Split(' ')[0], kind.Split(' ')[1])!;

    private static void Compare(ApiType type, Type model, HashSet<ApiType> seen)
    {
        if (!seen.Add(type) || type.Fields.Count == 0)
            return;
        var theirs = model.GetProperties().Select(p => (p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name, p.PropertyType)).Where(p => p.Name is not null).ToDictionary(p => p.Name!, p => p.PropertyType);
        foreach (var field in type.Fields)
        {
            Assert.True(theirs.TryGetValue(field.Name, out var property), $"{type.Name} has no field {field.Name}");
            Compare($"{type.Name}.{field.Name}", field.Type, property!, seen);
        }

        // Their fields of later versions.
        Assert.Empty(theirs.Keys.Except(type.Fields.Select(f => f.Name)).Select(f => $"{type.Name}.{f}").Except(Later));
    }

    private static void Compare(string at, FieldType type, Type property, HashSet<ApiType> seen)
    {
        property = Nullable.GetUnderlyingType(property) ?? property;
        switch (type.Form)
        {
            case FieldForm.List:
                Compare(at, type.Inner!, property.GetGenericArguments()[0], seen);
                break;
            case FieldForm.Map:
                Compare(at, type.Inner!, property.GetGenericArguments()[1], seen);
                break;
            case FieldForm.Struct:
                Compare(type.Struct!, property, seen);
                break;
            case FieldForm.Any:
                break;
            default:
                Assert.True(property.Name == type.Form switch
                {
                    FieldForm.Text => nameof(String),
                    FieldForm.Bytes => "Byte[]",
                    FieldForm.Time => nameof(DateTime),
                    FieldForm.Quantity => nameof(ResourceQuantity),
                    _ => type.Form.ToString(),
                }, $"{at} is {type.Form} here, and {property.Name} there");
                break;
        }
    }

    // An object that has every field, and in every list one item.
    private static JsonObject Whole(ApiType type, string mark) => new(type.Fields.Where(f => f.Type.Form != FieldForm.Any && f.Type.Innermost?.Fields.Count != 0).Select(f => KeyValuePair.Create(f.Name, (JsonNode?)Value(f.Type, mark))));

    private static JsonNode Value(FieldType type, string mark) => type.Form switch
    {
        FieldForm.Struct => Whole(type.Struct!, mark),
        FieldForm.List => new JsonArray(Value(type.Inner!, mark)),
        FieldForm.Map => new JsonObject { [mark] = Value(type.Inner!, mark) },
        FieldForm.Boolean => mark == "a",
        FieldForm.Int32 or FieldForm.Int64 => mark[0] - 'a' + 1,
        FieldForm.Time => "2026-01-01T00:00:00Z",
        FieldForm.Bytes => "YQ==",
        FieldForm.Quantity => "1",
        _ => mark,
    };

    private static JsonNode Sorted(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)Sorted(f.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node!.DeepClone(),
    };

    private static readonly string[] Later =
    [
        "DeploymentStatus.terminatingReplicas", "ReplicaSetStatus.terminatingReplicas", "JobSpec.scheduling", "ClusterTrustBundleProjection.user", "ConfigMapVolumeSource.defaultUser",
        "Container.restartPolicyRules", "ContainerStatus.stopSignal", "DownwardAPIVolumeFile.user", "DownwardAPIVolumeSource.defaultUser", "EmptyDirVolumeSource.mode", "EnvVarSource.fileKeyRef",
        "EphemeralContainer.restartPolicyRules", "GRPCAction.mode", "HTTPGetAction.protocol", "KeyToPath.user", "Lifecycle.stopSignal", "NodeSpec.podPreemptionPolicy",
        "NodeStatus.declaredFeatures", "NodeSystemInfo.runningInUserNamespace", "NodeSystemInfo.swap", "PersistentVolumeClaimStatus.healthStatus", "PodCondition.observedGeneration",
        "PodSpec.evictionResponders", "PodSpec.hostnameOverride", "PodSpec.schedulingGroup", "PodStatus.allocatedResources", "PodStatus.extendedResourceClaimStatus",
        "PodStatus.nodeAllocatableResourceClaimStatuses", "PodStatus.observedGeneration", "PodStatus.resources", "PodStatus.volumeHealth", "ProjectedVolumeSource.defaultUser",
        "ResourceHealth.message", "SecretVolumeSource.defaultUser", "ServiceAccountTokenProjection.user", "VolumeMount.bindMountOptions", "VolumeMountStatus.volumeStatus",
        "VolumeProjection.podCertificate", "EndpointHints.forNodes",
    ];
}
