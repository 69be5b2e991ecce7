using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Controllers;
using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.Lab.Services;

/// <summary>The services that every cluster has: names, and the way to its own API.</summary>
internal static class ClusterServices
{
    private const string System = "kube-system";

    public static void Found(ClusterWrites writes, AddressPlan plan, int nodes, int apiPort)
    {
        JsonObject Labels() => new() { ["k8s-app"] = "kube-dns" };
        writes.Create(ResourceType.Services, System, new()
        {
            ["metadata"] = new JsonObject { ["name"] = "kube-dns", ["labels"] = new JsonObject { ["k8s-app"] = "kube-dns", ["kubernetes.io/name"] = "CoreDNS" } },
            ["spec"] = new JsonObject
            {
                ["selector"] = Labels(),
                ["clusterIP"] = $"{AddressPlan.Dns(plan.Used.First())}",
                ["ports"] = new JsonArray((JsonNode)Port("dns", "UDP"), Port("dns-tcp", "TCP")),
            },
        });
        writes.Create(ResourceType.Deployments, System, new()
        {
            ["metadata"] = new JsonObject { ["name"] = "coredns", ["labels"] = Labels() },
            ["spec"] = new JsonObject
            {
                ["replicas"] = Math.Min(nodes, 2),
                ["selector"] = new JsonObject { ["matchLabels"] = Labels() },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = Labels() },
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray((JsonNode)new JsonObject
                        {
                            ["name"] = "coredns",
                            ["image"] = DnsServer.Image,
                            ["ports"] = new JsonArray((JsonNode)ContainerPort("dns", "UDP"), ContainerPort("dns-tcp", "TCP")),
                            ["readinessProbe"] = new JsonObject { ["tcpSocket"] = new JsonObject { ["port"] = 53 }, ["periodSeconds"] = 5 },
                        }),
                    },
                },
            },
        });
        // For the one agent that reports what it finds in policies.
        writes.Create(ResourceType.Leases, System, new() { ["metadata"] = new JsonObject { ["name"] = "podwall-agent" } });
        foreach (var family in plan.Used)
            writes.Create(ResourceType.EndpointSlices, "default", new()
            {
                ["metadata"] = new JsonObject { ["name"] = family == IpFamily.V4 ? "kubernetes" : "kubernetes-v6", ["labels"] = new JsonObject { [EndpointSliceController.ServiceLabel] = "kubernetes" } },
                ["addressType"] = family == IpFamily.V4 ? "IPv4" : "IPv6",
                ["endpoints"] = new JsonArray((JsonNode)new JsonObject { ["addresses"] = new JsonArray($"{AddressPlan.NodeAddress(family, 1)}"), ["conditions"] = new JsonObject { ["ready"] = true } }),
                ["ports"] = new JsonArray((JsonNode)new JsonObject { ["name"] = "https", ["port"] = apiPort, ["protocol"] = "TCP" }),
            });
    }

    private static JsonObject Port(string name, string protocol) => new JsonObject { ["name"] = name, ["port"] = 53, ["protocol"] = protocol, ["targetPort"] = 53 };

    private static JsonObject ContainerPort(string name, string protocol) => new JsonObject { ["name"] = name, ["containerPort"] = 53, ["protocol"] = protocol };
}
