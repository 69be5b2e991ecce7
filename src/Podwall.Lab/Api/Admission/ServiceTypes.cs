using System.Text.Json.Nodes;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Api.Admission;

/// <summary>What a service has because of its type goes when the type changes, unless its author writes it anew.</summary>
internal static class ServiceTypes
{
    private static readonly string[] OfAddress = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"], OfBalancer = ["allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"];

    public static void Leave(JsonObject now, JsonObject was)
    {
        var (type, old) = (Cells.Text(now, "type"), Cells.Text(was, "type"));
        if (old != "ExternalName" && type == "ExternalName")
            Drop(now, was, OfAddress);
        if (HasNodePorts(old) && !HasNodePorts(type))
        {
            Drop(now, was, "externalTrafficPolicy");
            if (NodePorts(now).SequenceEqual(NodePorts(was)))
                foreach (var port in Cells.Items(now["ports"]))
                    port.Remove("nodePort");
        }

        if (old == "LoadBalancer" && type != old)
            Drop(now, was, OfBalancer);
    }

    private static bool HasNodePorts(string type) => type is "NodePort" or "LoadBalancer";

    private static IEnumerable<long> NodePorts(JsonObject spec) => Cells.Items(spec["ports"]).Select(p => Cells.Int(p, "nodePort"));

    private static void Drop(JsonObject now, JsonObject was, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
            if (JsonNode.DeepEquals(now[field], was[field]))
                now.Remove(field);
    }
}
