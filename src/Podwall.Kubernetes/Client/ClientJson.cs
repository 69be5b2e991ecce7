using System.Text.Json.Serialization;

namespace Podwall.Kubernetes.Client;

/// <summary>The small wire types, source-generated so that they work under Native AOT.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(PodContainers))]
[JsonSerializable(typeof(Access.ExecCredential))]
internal sealed partial class ClientJson : JsonSerializerContext;
