using System.Text.Json.Nodes;
using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api.Admission;

/// <summary>
/// The fields that a server knows of objects beside network policies: the metadata of all of them, every field of a Namespace
/// and a Service, and the first ones of the rest. A misspelt <c>labels</c> decides about policies as much as a policy does.
/// </summary>
internal static class KnownFields
{
    private static readonly string[] Top = ["apiVersion", "kind", "metadata", "spec", "status"];

    private static readonly string[] ServiceSpec =
    [
        "allocateLoadBalancerNodePorts", "clusterIP", "clusterIPs", "externalIPs", "externalName", "externalTrafficPolicy", "healthCheckNodePort", "internalTrafficPolicy", "ipFamilies",
        "ipFamilyPolicy", "loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges", "ports", "publishNotReadyAddresses", "selector", "sessionAffinity", "sessionAffinityConfig",
        "trafficDistribution", "type",
    ];

    private static readonly string[] ServicePort = ["appProtocol", "name", "nodePort", "port", "protocol", "targetPort"];

    // Kinds that have something beside spec and status.
    private static readonly ResourceType[] Others = [ResourceType.ConfigMaps, ResourceType.Secrets, ResourceType.ServiceAccounts, ResourceType.Events, ResourceType.EndpointSlices];

    /// <summary>The metadata of an object, and what there is to warn of.</summary>
    /// <exception cref="ApiFailure">A field is of another type, or unknown where validation is strict.</exception>
    public static (ObjectMeta Meta, IEnumerable<string> Warnings) Decode(ResourceType type, JsonObject tree, FieldValidation validation)
    {
        var document = new JsonTreeReader("body", ReadingLimits.Default, new StringPool()).Read(TreeJson.Bytes(tree))[0];
        DecodingFindings findings = new(DocumentFormat.Json, validation != FieldValidation.Ignore);
        var root = Cursor.Root(document, findings).Struct($"v1.{type.Kind}", Others.Contains(type) ? [] : Top);
        var meta = ObjectMetaDecoder.Decode(root["metadata"]);
        if (type == ResourceType.Namespaces)
            root["spec"].Struct("v1.NamespaceSpec", "finalizers");
        else if (type == ResourceType.Services)
            foreach (var port in root["spec"].Struct("v1.ServiceSpec", ServiceSpec)["ports"].Items("v1.ServicePort") ?? [])
                port.Struct("v1.ServicePort", ServicePort);
        var refusal = $"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: ";
        if (findings.WrongTypes.FirstOrDefault() is { } wrong)
            throw ApiFailure.BadRequest(refusal + wrong.Message);
        var unknown = findings.UnknownFields.Select(u => u.Message).ToList();
        if (validation == FieldValidation.Strict && unknown.Count > 0)
            throw ApiFailure.BadRequest($"{refusal}strict decoding error: {string.Join(", ", unknown)}");
        return (meta, unknown);
    }
}
