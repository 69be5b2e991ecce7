using System.Globalization;
using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>Whom the API server calls: admission webhooks, conversion webhooks, aggregated APIs.</summary>
internal static class ControlPlaneCalls
{
    private const int HttpsPort = 443;

    public static IEnumerable<ControlPlaneCall> Of(SupportingObject source, ServiceTargets targets) =>
        from service in Services(source)
        let target = targets.Of(service.TextOf("namespace") ?? "default", service.TextOf("name") ?? "", Port(service))
        where target is not null
        select new ControlPlaneCall(source.Id.ToString(), new(source.Id.Kind, source.Id.Namespace, source.Id.Name), target.Value.Pods, target.Value.Port);

    private static IEnumerable<MappingNode> Services(SupportingObject source)
    {
        var root = source.Root as MappingNode;
        return (source.Id.Kind switch
        {
            "APIService" => [Inside(root, "spec", "service")],
            "CustomResourceDefinition" => [Inside(root, "spec", "conversion", "webhook", "clientConfig", "service")],
            "ValidatingWebhookConfiguration" or "MutatingWebhookConfiguration" =>
                (root?["webhooks"] as SequenceNode)?.Items.Select(w => Inside(w as MappingNode, "clientConfig", "service")) ?? [],
            _ => [],
        }).OfType<MappingNode>();
    }

    private static MappingNode? Inside(MappingNode? node, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
            node = node?[field] as MappingNode;
        return node;
    }

    private static int Port(MappingNode service) => int.TryParse(service.TextOf("port"), CultureInfo.InvariantCulture, out var port) ? port : HttpsPort;
}
