using Podwall.Kubernetes;
using Podwall.Kubernetes.Client;
using Podwall.Policy;

namespace Podwall.Lab.Workloads;

/// <summary>The parts of a snapshot as objects of the API.</summary>
public static class WireObjects
{
    /// <summary>All objects, each after those that it needs: namespaces, nodes, and then what lives in them.</summary>
    public static IEnumerable<WireObject> Of(Snapshot snapshot)
    {
        var hosts = Hosts(snapshot);
        return snapshot.Namespaces.Select(Of).Concat(snapshot.Nodes.Select(Of)).Concat(snapshot.Namespaces.SelectMany(Inside));

        IEnumerable<WireObject> Inside(NamespaceBlock block) =>
        [
            .. block.Pods.GroupBy(PodWire.ReplicaSetOf).Where(g => g.Key is not null).Select(g => PodWire.ReplicaSet(g.First(), g.Count())),
            .. block.Pods.Select(p => PodWire.Of(p, hosts)),
            .. block.Policies.Select(Of),
        ];
    }

    /// <summary>The namespace itself, without what is in it.</summary>
    public static WireObject Of(NamespaceBlock block) => WireObject.Of(
        ResourceType.Namespaces, null, block.Name,
        json => json.WriteLabels(block.Labels),
        json =>
        {
            json.WriteRaw("spec"u8, """{"finalizers":["kubernetes"]}"""u8);
            json.WriteRaw("status"u8, """{"phase":"Active"}"""u8);
        });

    public static WireObject Of(Node node) => WireObject.Of(
        ResourceType.Nodes, null, node.Name,
        json => json.WriteLabels(node.Labels),
        json =>
        {
            json.WriteStartObject("spec"u8);
            if (node.PodCidrs.Count > 0)
                json.WriteString("podCIDR"u8, node.PodCidrs[0].ToString());
            json.WriteStartArray("podCIDRs"u8);
            foreach (var cidr in node.PodCidrs)
                json.WriteStringValue(cidr.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("status"u8);
            json.WriteRaw("capacity"u8, """{"cpu":"16","memory":"65536Mi","pods":"250"}"""u8);
            json.WriteRaw("conditions"u8, """[{"type":"Ready","status":"True","reason":"KubeletReady","message":"kubelet is posting ready status"}]"""u8);
            json.WriteStartArray("addresses"u8);
            foreach (var (type, address) in node.Addresses.Select(a => ("InternalIP", a.ToString())).Append(("Hostname", node.Name)))
            {
                json.WriteStartObject();
                json.WriteString("type"u8, type);
                json.WriteString("address"u8, address);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    public static WireObject Of(NetworkPolicy policy) => WireObject.Of(
        ResourceType.NetworkPolicies, policy.Id.Namespace, policy.Id.Name,
        _ => { },
        json =>
        {
            json.WritePropertyName("spec"u8);
            PolicyJson.Write(json, policy.ToSpec());
        });

    internal static Dictionary<string, Address> Hosts(Snapshot snapshot) =>
        snapshot.Nodes.Where(n => n.Addresses.Count > 0).ToDictionary(n => n.Name, n => n.Addresses[0]);
}
