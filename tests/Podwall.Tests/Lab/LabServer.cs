using System.Text.Json.Nodes;
using Podwall.Kubernetes.Access;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Store;

namespace Podwall.Tests.Lab;

/// <summary>What tests do with an embedded server.</summary>
internal static class LabServer
{
    public static ClusterAccess Access(this ApiServer server) => new(server.Address)
    {
        Origin = "the test",
        Authority = new Pem.Text(server.Authority.ExportCertificatePem(), "the test's authority"),
        Credentials = Credentials.OfToken(server.Token),
    };

    /// <summary>A client of nobody's making that trusts and is known to the server.</summary>
    public static HttpClient Client(this ApiServer server)
    {
        HttpClient http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Issuer == server.Authority.Subject } }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token);
        return http;
    }

    public static void PutNamespace(this ObjectStore store, string name, params IEnumerable<(string, string)> labels) =>
        store.Put(ResourceType.Namespaces, "", name, labels, []);

    public static void PutPod(this ObjectStore store, string ns, string name, string address, params IEnumerable<(string, string)> labels) =>
        store.Put(ResourceType.Pods, ns, name, labels, new JsonObject { ["status"] = new JsonObject { ["phase"] = "Running", ["podIP"] = address } });

    public static void PutPolicy(this ObjectStore store, string ns, string name, string app) =>
        store.Put(ResourceType.NetworkPolicies, ns, name, [], new JsonObject
        {
            ["spec"] = new JsonObject { ["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = app } }, ["policyTypes"] = new JsonArray("Ingress") },
        });

    private static void Put(this ObjectStore store, ResourceType type, string ns, string name, IEnumerable<(string Key, string Value)> labels, JsonObject rest)
    {
        JsonObject metadata = new() { ["name"] = name };
        if (ns.Length > 0)
            metadata["namespace"] = ns;
        metadata["resourceVersion"] = "";
        metadata["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
        store.Write(type, new(ns, name), _ =>
        {
            JsonObject tree = new() { ["metadata"] = metadata };
            foreach (var (key, value) in rest)
                tree[key] = value?.DeepClone();
            return tree;
        });
    }
}
