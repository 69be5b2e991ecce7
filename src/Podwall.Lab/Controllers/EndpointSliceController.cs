using System.Text.Json.Nodes;
using Podwall.Kubernetes.Client;
using Podwall.Lab.Api;
using Podwall.Lab.Api.Tables;

namespace Podwall.Lab.Controllers;

/// <summary>Writes down which pods stand behind each service: a slice for each family of addresses and way to resolve the ports.</summary>
internal sealed class EndpointSliceController : IController
{
    public const string ServiceLabel = "kubernetes.io/service-name", OwnerLabel = "endpointslice.kubernetes.io/managed-by", Component = "endpointslice-controller.k8s.io";

    public void Reconcile(Pass pass)
    {
        var slices = pass.View[ResourceType.EndpointSlices].Where(s => !s.IsGoing && s.Labels[OwnerLabel] == Component).ToLookup(s => (s.Name.Namespace, s.Labels[ServiceLabel]));
        pass.Each("endpointslice-controller", ResourceType.Services, service => Reconcile(pass, service, [.. slices[(service.Name.Namespace, service.Name.Name)]]));
    }

    private static void Reconcile(Pass pass, ClusterObject service, List<ClusterObject> there)
    {
        foreach (var wanted in Slices(pass, service))
        {
            var labels = ObjectRules.LabelsOf((JsonObject)wanted["metadata"]!);
            var ofFamily = there.Where(s => s.Text("addressType") == Cells.Text(wanted, "addressType")).ToList();
            if ((ofFamily.FirstOrDefault(s => JsonNode.DeepEquals(s.Tree["ports"], wanted["ports"])) ?? ofFamily.FirstOrDefault()) is not { } slice)
            {
                pass.Writes.Create(ResourceType.EndpointSlices, service.Name.Namespace, wanted);
                continue;
            }

            there.Remove(slice);
            if (!JsonNode.DeepEquals(slice.Tree["ports"], wanted["ports"]) || !JsonNode.DeepEquals(slice.Tree["endpoints"], wanted["endpoints"]) || !JsonNode.DeepEquals(slice.Tree["metadata"]!["labels"], labels))
                pass.Writes.Change(slice.Type, slice.Name, tree =>
                {
                    (tree["ports"], tree["endpoints"]) = (wanted["ports"]!.DeepClone(), wanted["endpoints"]!.DeepClone());
                    ObjectRules.MetadataOf(tree)["labels"] = labels.DeepClone();
                });
        }

        foreach (var surplus in there)
            pass.Writes.Delete(surplus.Type, surplus.Name, Deletion.Usual);
    }

    private static IEnumerable<JsonObject> Slices(Pass pass, ClusterObject service)
    {
        var selector = Selectors.OfMap(service.Spec?["selector"]);
        if (selector.Requirements.Count == 0 || service.Text("spec", "type") == "ExternalName")
            yield break;
        var pods = pass.View[ResourceType.Pods].Where(p => p.Name.Namespace == service.Name.Namespace && !p.IsFinished && selector.Selects(p.Labels)).ToList();
        foreach (var family in Cells.Items<JsonValue>(service.Spec?["ipFamilies"]).Select(f => f.ToString()).DefaultIfEmpty("IPv4"))
        {
            var groups = pods.Select(p => (Pod: p, Addresses: p.Addresses.Where(a => a.Contains(':') == (family == "IPv6")).ToList())).Where(p => p.Addresses.Count > 0)
                .GroupBy(p => PortsFor(service, p.Pod).ToJsonString(), p => Endpoint(service, p.Pod, p.Addresses)).ToList();
            foreach (var group in groups)
                yield return Slice(service, family, (JsonArray)JsonNode.Parse(group.Key)!, new JsonArray([.. group]));
            // One that says that there is nobody.
            if (groups.Count == 0)
                yield return Slice(service, family, [], []);
        }
    }

    private static JsonObject Slice(ClusterObject service, string family, JsonArray ports, JsonArray endpoints)
    {
        JsonObject labels = service.Tree["metadata"]!["labels"] is JsonObject own ? (JsonObject)own.DeepClone() : [];
        (labels[OwnerLabel], labels[ServiceLabel]) = (Component, service.Name.Name);
        if (service.Text("spec", "clusterIP") == "None")
            labels["service.kubernetes.io/headless"] = "";
        return new()
        {
            ["metadata"] = new JsonObject { ["generateName"] = $"{service.Name.Name}-", ["labels"] = labels, ["ownerReferences"] = new JsonArray(PodTemplate.OwnerReference(service)) },
            ["addressType"] = family,
            ["endpoints"] = endpoints,
            ["ports"] = ports,
        };
    }

    private static JsonObject Endpoint(ClusterObject service, ClusterObject pod, List<string> addresses)
    {
        var isOpen = service.Text("spec", "publishNotReadyAddresses") == "true";
        JsonObject endpoint = new()
        {
            ["addresses"] = new JsonArray([.. addresses.Select(a => (JsonNode)a)]),
            ["conditions"] = new JsonObject { ["ready"] = isOpen || pod.IsHealthy, ["serving"] = pod.IsReady, ["terminating"] = pod.IsGoing },
        };
        if (pod.Text("spec", "hostname") is { Length: > 0 } host && pod.Text("spec", "subdomain") == service.Name.Name)
            endpoint["hostname"] = host;
        if (pod.Node.Length > 0)
            endpoint["nodeName"] = pod.Node;
        endpoint["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod.Name.Name, ["namespace"] = pod.Name.Namespace, ["uid"] = pod.Uid };
        return endpoint;
    }

    // A port whose name the pod does not know is not there.
    private static JsonArray PortsFor(ClusterObject service, ClusterObject pod)
    {
        JsonArray ports = [];
        foreach (var port in Cells.Items(service.Spec?["ports"]))
        {
            var protocol = Cells.Text(port, "protocol") is { Length: > 0 } written ? written : "TCP";
            var target = Cells.Text(port, "targetPort") is { Length: > 0 } given ? given : Cells.Text(port, "port");
            var number = int.TryParse(target, out var fixedNumber) ? fixedNumber : NumberOf(pod, target, protocol);
            if (number == 0)
                continue;
            JsonObject resolved = new() { ["name"] = Cells.Text(port, "name"), ["port"] = number, ["protocol"] = protocol };
            if (Cells.Text(port, "appProtocol") is { Length: > 0 } application)
                resolved["appProtocol"] = application;
            ports.Add((JsonNode)resolved);
        }

        return ports;
    }

    private static int NumberOf(ClusterObject pod, string name, string protocol) => pod.Containers.SelectMany(c => Cells.Items(c["ports"]))
        .Where(p => Cells.Text(p, "name") == name && (Cells.Text(p, "protocol") is { Length: > 0 } written ? written : "TCP") == protocol).Select(p => (int)Cells.Int(p, "containerPort")).FirstOrDefault();
}
