using Podwall.Kubernetes;
using Podwall.Lab.Hosting;
using Podwall.Policy;

namespace Podwall.Lab.Probing;

/// <summary>Nodes, and addresses for pods and Services; who has been given one keeps it.</summary>
internal sealed class SimulatedAddresses(LabSize size)
{
    // The first addresses of a range are the network's and the node's.
    private const int FirstPod = 2;
    private const int MostPodsPerNode = 250;
    private const int FirstService = 10;

    private readonly Dictionary<PodId, int> places = [];
    private readonly Dictionary<(string, string), int> services = [];

    private IEnumerable<IpFamily> Families => IpFamily.Both.Where(f => size.Families.HasFlag(f.AsSet()));

    public static string NodeName(int number) => $"node-{number}";

    public static ValueList<Cidr> PodRanges(int node, IpFamilies families) => IpFamily.Both.Where(f => families.HasFlag(f.AsSet()))
        .Select(f => AddressPlan.PodRange(f, node)).ToValueList();

    public Snapshot GiveTo(Snapshot snapshot)
    {
        foreach (var pod in snapshot.Pods)
            places.TryAdd(pod.Id, places.Count);
        if (places.Count > size.Nodes * MostPodsPerNode)
            throw new LabException($"{places.Count} pods need --nodes {(places.Count + MostPodsPerNode - 1) / MostPodsPerNode} or more: a node has addresses for {MostPodsPerNode}.");
        return new(
            snapshot.Namespaces.Select(n => n.With(pods: n.Pods.Select(Placed))),
            Enumerable.Range(1, size.Nodes).Select(n => new Node(NodeName(n), Labels.None, Families.Select(f => OfNode(n, f)).ToValueList(), PodRanges(n, size.Families))));
    }

    public ValueList<Service> GiveTo(ValueList<Service> all)
    {
        foreach (var service in all)
            services.TryAdd((service.Namespace, service.Name), services.Count);
        return all.Select(s => s.ClusterIps.Count > 0 || s.IsHeadless || s.ExternalName is not null ? s
            : s with { ClusterIps = Families.Select(f => OfService(services[(s.Namespace, s.Name)], f)).ToValueList() }).ToValueList();
    }

    private Pod Placed(Pod pod)
    {
        var (node, rank) = (places[pod.Id] % size.Nodes + 1, places[pod.Id] / size.Nodes + FirstPod);
        return pod with
        {
            Node = NodeName(node),
            StandsForReplicas = false,
            Addresses = Families.Select(f => pod.UsesHostNetwork ? OfNode(node, f) : AddressPlan.PodAddress(f, node, rank)).ToValueList(),
        };
    }

    private static Address OfNode(int node, IpFamily family) => AddressPlan.NodeAddress(family, node);

    private static Address OfService(int index, IpFamily family)
    {
        var number = index + FirstService;
        return Address.Parse(family == IpFamily.V4 ? $"10.96.{number / 256}.{number % 256}" : $"fd00:10:96::{number:x}");
    }
}
