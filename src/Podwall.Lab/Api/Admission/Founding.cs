using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Store;
using Podwall.Policy;

namespace Podwall.Lab.Api.Admission;

/// <summary>What a cluster has when it is new, and what each namespace gets.</summary>
internal sealed class Founding(ObjectStore store, TimeProvider time, string authority, IpFamilies families)
{
    private readonly ObjectRules rules = new(time);

    public void Found()
    {
        var family = families.HasFlag(IpFamilies.V4) ? IpFamily.V4 : IpFamily.V6;
        foreach (var name in new[] { "default", "kube-node-lease", "kube-public", "kube-system" })
            Put(ResourceType.Namespaces, new("", name), []);

        Put(ResourceType.Services, new("default", "kubernetes"), new()
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" } },
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = ServiceAddresses.OfApiServer(family),
                ["clusterIPs"] = new JsonArray(ServiceAddresses.OfApiServer(family)),
                ["internalTrafficPolicy"] = "Cluster",
                ["ipFamilies"] = new JsonArray(ServiceAddresses.NameOf(family)),
                ["ipFamilyPolicy"] = "SingleStack",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["protocol"] = "TCP", ["targetPort"] = 6443 }),
                ["sessionAffinity"] = "None",
                ["type"] = "ClusterIP",
            },
            ["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() },
        });
        foreach (var item in store.View(ResourceType.Namespaces).From(null).Where(n => n.Field("status.phase") != "Terminating").Select(n => n.Name).ToList())
            Furnish(ServedResource.Of(ResourceType.Namespaces), item);
    }

    /// <summary>What a cluster always has comes back when it is deleted.</summary>
    public void Mend(ServedResource deleted)
    {
        if (deleted.Type == ResourceType.Services || deleted.Type == ResourceType.ServiceAccounts || deleted.Type == ResourceType.ConfigMaps)
            Found();
    }

    /// <summary>A namespace gets its service account, and the certificate of the cluster's authority.</summary>
    public void Furnish(ServedResource resource, ObjectName name)
    {
        if (resource.Type != ResourceType.Namespaces)
            return;
        Put(ResourceType.ServiceAccounts, new(name.Name, "default"), []);
        Put(ResourceType.ConfigMaps, new(name.Name, "kube-root-ca.crt"), new() { ["data"] = new JsonObject { ["ca.crt"] = authority } });
    }

    private void Put(ResourceType type, ObjectName name, JsonObject tree) =>
        store.Write(type, name, current => current is null ? rules.Born(ServedResource.Of(type), name, tree) : null);
}
