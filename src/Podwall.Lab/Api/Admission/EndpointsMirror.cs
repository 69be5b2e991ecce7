using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api.Tables;
using Podwall.Lab.Store;

namespace Podwall.Lab.Api.Admission;

/// <summary>Keeps the older Endpoints of a service beside its slices, for those who still look there.</summary>
internal sealed class EndpointsMirror(ObjectStore store, ObjectRules rules)
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    public static ResourceType Type { get; } = new("", "v1", "endpoints", "Endpoints");

    /// <summary>After a slice came, changed or went.</summary>
    public void Follow(StoredObject slice)
    {
        if (slice.Labels[ServiceLabel] is not { Length: > 0 } service)
            return;
        ObjectName name = new(slice.Name.Namespace, service);
        var slices = store.View(ResourceType.EndpointSlices).From(name.Namespace).Where(s => s.Labels[ServiceLabel] == service).Select(s => s.ToTree()).ToList();
        // Endpoints have one family of addresses: the service's first.
        var family = Cells.Items<JsonValue>(store.Find(ResourceType.Services, name)?.ToTree()["spec"]?["ipFamilies"]).FirstOrDefault()?.ToString() ?? "IPv4";
        if (slices.Count == 0)
            store.Delete(Type, name);
        else
            store.Write(Type, name, current => Mirrored(current, name, new JsonArray([.. slices.Where(s => Cells.Text(s, "addressType") == family).Select(Subset).OfType<JsonNode>()])));
    }

    private JsonObject? Mirrored(StoredObject? current, ObjectName name, JsonArray subsets)
    {
        JsonObject tree = new() { ["metadata"] = new JsonObject { ["name"] = name.Name, ["namespace"] = name.Namespace } };
        if (subsets.Count > 0)
            tree["subsets"] = subsets;
        return current is null ? rules.Born(ServedResource.Of(Type), name, tree)
            : JsonNode.DeepEquals(current.ToTree()["subsets"], tree["subsets"]) ? null
            : ObjectRules.Ordered(ObjectRules.Renewed(current, tree));
    }

    private static JsonObject? Subset(JsonObject slice)
    {
        var addresses = Cells.Items(slice["endpoints"]).SelectMany(e => Cells.Items<JsonValue>(e["addresses"]).Select(a => (IsReady: Cells.Text(e, "conditions", "ready") != "false", Address: Address(e, a.ToString()))))
            .ToLookup(a => a.IsReady, a => a.Address);
        JsonObject subset = [];
        if (addresses[true].Any())
            subset["addresses"] = new JsonArray([.. addresses[true]]);
        if (addresses[false].Any())
            subset["notReadyAddresses"] = new JsonArray([.. addresses[false]]);
        if (subset.Count == 0)
            return null;
        subset["ports"] = slice["ports"]?.DeepClone();
        return subset;
    }

    private static JsonObject Address(JsonObject endpoint, string ip)
    {
        JsonObject address = new() { ["ip"] = ip };
        foreach (var field in new[] { "hostname", "nodeName", "targetRef" })
            if (endpoint[field] is { } told)
                address[field] = told.DeepClone();
        return address;
    }
}
