using System.Net;
using System.Net.Sockets;
using Podwall.Policy;

namespace Podwall.SystemTests.Agent;

/// <summary>Traffic through a Service, as kube-proxy sets it up: policy judges the pods behind it.</summary>
public sealed class ServiceTests : LoadedNodeTest
{
    private const string ClusterIp = KubeProxy.ClusterIp, NodeIp = KubeProxy.NodeIp, OutsideIp = "198.51.100.9";

    [Theory]
    [InlineData(ProxyMode.Iptables, AddressFamily.InterNetwork)]
    [InlineData(ProxyMode.Iptables, AddressFamily.InterNetworkV6)]
    [InlineData(ProxyMode.Nftables, AddressFamily.InterNetwork)]
    [InlineData(ProxyMode.Nftables, AddressFamily.InterNetworkV6)]
    public async Task A_pod_reaches_itself_directly_and_through_a_service(ProxyMode mode, AddressFamily family)
    {
        Load(Cluster.Closed("server"), Cluster.Silent("server"));
        Host.ServeThrough(mode);
        using var listener = Host.Listen("server", 7000, family);
        using var direct = await Talk.OpenAsync(Host, "server", listener, Host.At(family == AddressFamily.InterNetwork ? "10.0.0.1" : "fd00::1", 7000), Stop);
        await direct.RoundTripAsync(Stop);
        using var hairpin = await Talk.OpenAsync(Host, "server", listener, Host.At(ClusterOf(family), 80), Stop);
        await hairpin.RoundTripAsync(Stop);
    }

    [Theory]
    [InlineData(ProxyMode.Iptables, AddressFamily.InterNetwork)]
    [InlineData(ProxyMode.Iptables, AddressFamily.InterNetworkV6)]
    [InlineData(ProxyMode.Nftables, AddressFamily.InterNetwork)]
    [InlineData(ProxyMode.Nftables, AddressFamily.InterNetworkV6)]
    public async Task Policy_judges_a_service_by_the_pods_behind_it(ProxyMode mode, AddressFamily family)
    {
        var service = Host.At(ClusterOf(family), 80);
        Load(Cluster.OnlyFrom("server", "client"));
        Host.ServeThrough(mode);
        using var listener = Host.Listen("server", 7000, family);
        using var allowed = await Talk.OpenAsync(Host, "client", listener, service, Stop);
        await allowed.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("stranger", service, "denied_ingress", Stop);
        // The node itself needs a way to the service before its destination is another.
        Host.Node("ip", "route", "add", $"{service.Address}", "dev", "out", "src", family == AddressFamily.InterNetwork ? NodeIp : KubeProxy.NodeIp6);
        using (var probe = await Talk.OpenAsync(Host, null, listener, service, Stop))
            await probe.RoundTripAsync(Stop);
        using Socket receiver = Host.Udp("server", 7000, family), client = Host.Udp("client", 7001, family), stranger = Host.Udp("stranger", 7001, family);
        await client.SendToAsync("x"u8.ToArray(), service, Stop);
        Assert.Equal(1, await receiver.ReceiveAsync(new byte[10], Stop));
        await Host.SendDroppedAsync(stranger, service, "denied_ingress", Stop);
        // A connection through a service is cut as any other, and so is a flow of datagrams.
        Enforce(Cluster.Closed("server"));
        Assert.Equal(2, Host.Metrics.Cut);
        var before = Host.Dropped("cut");
        await allowed.Server.SendAsync("pushed"u8.ToArray(), Stop);
        while (Host.Dropped("cut") == before)
            await Task.Yield();
        Assert.Equal(0, allowed.Client.Available);
    }

    [Theory]
    [InlineData(ProxyMode.Iptables, AddressFamily.InterNetwork)]
    [InlineData(ProxyMode.Iptables, AddressFamily.InterNetworkV6)]
    [InlineData(ProxyMode.Nftables, AddressFamily.InterNetwork)]
    [InlineData(ProxyMode.Nftables, AddressFamily.InterNetworkV6)]
    public async Task Policy_sees_who_came_to_a_node_port(ProxyMode mode, AddressFamily family)
    {
        var isV4 = family == AddressFamily.InterNetwork;
        var (outside, port) = (isV4 ? OutsideIp : "2001:db8:9::9", Host.At(isV4 ? NodeIp : KubeProxy.NodeIp6, 30080));
        Load(new NetworkPolicy(new("apps", "outside"), Selector.Everything, [new([new Peer.Network(Cidr.Parse($"{outside}/{(isV4 ? 32 : 128)}"), [])], [])], Egress: null));
        Host.ServeThrough(mode);
        using var listener = Host.Listen("server", 7000, family);
        using var talk = await Talk.OpenAsync(Host, "outside", listener, port, Stop);
        await talk.RoundTripAsync(Stop);
        // The pod sees the node's address; policy saw the client's.
        Assert.NotEqual(outside, ((IPEndPoint)talk.Server.RemoteEndPoint!).Address.ToString());
        Enforce(Cluster.Closed("server"));
        await Host.ConnectDroppedAsync("outside", port, "denied_ingress", Stop);
    }

    private static string ClusterOf(AddressFamily family) => family == AddressFamily.InterNetwork ? ClusterIp : KubeProxy.ClusterIp6;
}
