using System.Globalization;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>
/// The cables of a lab: nodes on a fabric, pods behind nodes, the world outside behind the fabric's gateway. All is routed;
/// only the fabric between the nodes is a bridge.
/// </summary>
internal sealed class LabNetwork : IDisposable
{
    /// <summary>In place of a node, for those who live in the world outside.</summary>
    public const int OutsideNode = 0;

    private const string FarEnd = "eth0";

    private static readonly string[] Settings =
    [
        "ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1", "ipv6/conf/default/forwarding=1", "ipv4/conf/all/rp_filter=0", "ipv4/conf/default/rp_filter=0",
        "ipv6/conf/default/accept_dad=0", "ipv4/ip_unprivileged_port_start=0", "ipv4/ping_group_range=0 0",
        // That nobody listens is an answer, too, and each probe is to get it.
        "ipv4/icmp_ratelimit=0", "ipv6/icmp/ratelimit=0", "ipv4/icmp_msgs_per_sec=1000000", "ipv4/icmp_msgs_burst=100000",
    ];

    private readonly AddressPlan plan;
    private readonly NetworkSpace fabric = NetworkSpace.Create();
    private readonly Responder world = new("outside");

    private LabNetwork(AddressPlan plan, int nodes) => (this.plan, Nodes) = (plan, [.. Enumerable.Range(0, nodes).Select(_ => NetworkSpace.Create())]);

    /// <summary>The nodes' own namespaces, node 1 first.</summary>
    public IReadOnlyList<NetworkSpace> Nodes { get; }

    /// <summary>Where clients and servers beyond the cluster live; every address of their ranges is taken as its own.</summary>
    public NetworkSpace Outside { get; } = NetworkSpace.Create();

    public static async Task<LabNetwork> CreateAsync(AddressPlan plan, int nodes, CancellationToken cancellation)
    {
        LabNetwork network = new(plan, nodes);
        foreach (var space in network.Nodes.Append(network.fabric))
            Prepare(space);
        // A local route makes every IPv4 address one's own, but not an IPv6 one.
        Prepare(network.Outside, "ipv6/ip_nonlocal_bind=1");
        await Tool.IpAsync(network.fabric, network.FabricLines(), cancellation);
        await Task.WhenAll(network.Nodes.Select((space, i) => Tool.IpAsync(space, network.NodeLines(i + 1), cancellation)).Append(Tool.IpAsync(network.Outside, network.OutsideLines(), cancellation)));
        await network.ServeOutsideAsync(cancellation);
        return network;
    }

    /// <summary>Lays the cable of a pod: the near end in the node (0 for the world outside), the far end, <c>eth0</c>, in the pod's namespace.</summary>
    /// <exception cref="IOException">The kernel refuses it.</exception>
    public void Plug(int node, string cable, NetworkSpace pod, ValueList<Address> addresses)
    {
        Prepare(pod);
        Near(node).Run(() =>
        {
            using Links links = new();
            links.Lay(cable, FarEnd, pod);
            foreach (var address in addresses)
            {
                links.Add(AddressPlan.PodGateway(address.Family, node), cable);
                links.AddRoute(address, cable);
            }

            return 0;
        });
        pod.Run(() =>
        {
            using Links links = new();
            links.Raise("lo");
            links.Raise(FarEnd);
            foreach (var address in addresses)
            {
                var gateway = AddressPlan.PodGateway(address.Family, node);
                links.Add(address, FarEnd);
                // A link-local gateway is reached on its link anyway.
                if (address.Family == IpFamily.V4)
                    links.AddRoute(gateway, FarEnd);
                links.AddDefaultRoute(gateway, FarEnd);
            }

            return 0;
        });
    }

    /// <summary>Takes a pod's cable away; it may have gone with the pod.</summary>
    public void Unplug(int node, string cable) => Near(node).Run(() =>
    {
        using Links links = new();
        links.Remove(cable);
        return 0;
    });

    public void Dispose()
    {
        world.Dispose();
        foreach (var space in Nodes.Append(fabric).Append(Outside))
            space.Dispose();
    }

    private NetworkSpace Near(int node) => node == OutsideNode ? Outside : Nodes[node - 1];

    // Whatever port of the world outside is asked for, somebody answers.
    private async Task ServeOutsideAsync(CancellationToken cancellation)
    {
        const int Port = 9;
        world.Serve(Outside, Protocol.Tcp, Port);
        world.Serve(Outside, Protocol.Udp, Port);
        await Tool.NftAsync(Outside, string.Create(CultureInfo.InvariantCulture, $$"""
            table inet world {
              chain prerouting { type nat hook prerouting priority -100; fib daddr type local meta l4proto { tcp, udp } redirect to :{{Port}}; }
            }

            """), cancellation);
    }

    // A gateway is said to be on the link: IPv6 learns that of a cable only some time after it is laid.
    private IEnumerable<string> FabricLines()
    {
        yield return "link set lo up";
        yield return "link add fabric type bridge";
        yield return "link set fabric up";
        foreach (var family in plan.Used)
            yield return $"address add {AddressPlan.Gateway(family)}/{AddressPlan.Fabric(family).PrefixLength} dev fabric{NoWait(family)}";
        for (var node = 1; node <= Nodes.Count; node++)
        {
            yield return $"link add node{node} type veth peer name eth0 netns {Nodes[node - 1].Path}";
            yield return $"link set node{node} master fabric up";
            foreach (var family in plan.Used)
                yield return $"route add {AddressPlan.PodRange(family, node)} via {AddressPlan.NodeAddress(family, node)} dev fabric onlink";
        }

        yield return $"link add border type veth peer name eth0 netns {Outside.Path}";
        yield return "link set border up";
        foreach (var family in plan.Used)
        {
            yield return $"address add {AddressPlan.Border(family, 1)} peer {AddressPlan.Border(family, 2)} dev border{NoWait(family)}";
            yield return $"route add default via {AddressPlan.Border(family, 2)} dev border onlink";
        }
    }

    private IEnumerable<string> NodeLines(int node)
    {
        yield return "link set lo up";
        yield return "link set eth0 up";
        foreach (var family in plan.Used)
        {
            yield return $"address add {AddressPlan.NodeAddress(family, node)}/{AddressPlan.Fabric(family).PrefixLength} dev eth0{NoWait(family)}";
            yield return $"route add default via {AddressPlan.Gateway(family)} dev eth0 onlink";
            for (var other = 1; other <= Nodes.Count; other++)
                if (other != node)
                    yield return $"route add {AddressPlan.PodRange(family, other)} via {AddressPlan.NodeAddress(family, other)} dev eth0 onlink";
        }
    }

    private IEnumerable<string> OutsideLines()
    {
        yield return "link set lo up";
        yield return "link set eth0 up";
        foreach (var family in plan.Used)
        {
            yield return $"address add {AddressPlan.Border(family, 2)} peer {AddressPlan.Border(family, 1)} dev eth0{NoWait(family)}";
            // Every address is its own but the cluster's. The table of local routes is asked first, so it must know these as well.
            yield return $"route add local {family.Everything.First}/0 dev lo table local";
            foreach (var own in AddressPlan.Own(family))
                yield return $"route add {own} via {AddressPlan.Border(family, 1)} dev eth0 onlink table local";
        }
    }

    private static void Prepare(NetworkSpace space, params IEnumerable<string> settings) => space.Run(() =>
    {
        foreach (var setting in Settings.Concat(settings))
            if (setting.Split('=') is [var name, var value] && File.Exists($"/proc/sys/net/{name}"))
                Set($"/proc/sys/net/{name}", value);
        return 0;
    });

    // Some are the whole machine's, on older kernels.
    private static void Set(string file, string value)
    {
        try
        {
            File.WriteAllText(file, value);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string NoWait(IpFamily family) => family == IpFamily.V6 ? " nodad" : "";
}
