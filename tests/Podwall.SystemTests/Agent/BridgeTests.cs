using System.Net;
using System.Net.Sockets;
using Podwall.SystemTests.Wiring;

namespace Podwall.SystemTests.Agent;

/// <summary>Pods whose cables end in one bridge: the packet filter sees them only by br_netfilter, and all of them behind one interface.</summary>
public sealed class BridgeTests : LoadedNodeTest
{
    private const string NodeIp = KubeProxy.NodeIp;

    [Fact]
    public async Task Groups_of_pods_are_not_spoken_to()
    {
        Load();
        LayBridge();
        using var sender = Host.Udp("client");
        sender.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(Host.On("client", () => Sockets.IndexOf("eth0"))));
        await Host.SendDroppedAsync(sender, Host.At("239.1.2.3", 7000), "unready", Stop);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.1")]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::1")]
    public async Task Pods_on_a_bridge_are_governed_too(AddressFamily family, string server)
    {
        Load(Cluster.OnlyFrom("server", "client"));
        LayBridge();
        using var talk = await Talk.OpenAsync(Host, "client", "server", server, Stop);
        await talk.RoundTripAsync(Stop);
        await Host.ConnectDroppedAsync("stranger", Host.At(server, 7000), "denied_ingress", Stop);
        using (var probe = await Talk.OpenAsync(Host, null, "server", server, Stop))
            await probe.RoundTripAsync(Stop);
        Enforce(Cluster.Closed("server"));
        Assert.Equal(1, Host.Metrics.Cut);
        using var client = Host.Udp("client", 7009, family);
        await Host.SendDroppedAsync(client, Host.At(server, 7000), "denied_ingress", Stop);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.3", "10.0.0.1", NodeIp)]
    [InlineData(AddressFamily.InterNetworkV6, "fd00::3", "fd00::1", "2001:db8::1")]
    public async Task On_a_bridge_nobody_uses_the_address_of_another(AddressFamily family, string claimed, string server, string nodeIp)
    {
        Load();
        LayBridge();
        enforcer!.LookAtPorts();
        Host.AddAddress("client", claimed);
        Host.AddAddress("client", nodeIp);
        // Nobody would answer a liar who asks where the server is.
        Host.Introduce("client", "server", server);
        enforcer.LookAtPorts();
        await LieAsync();
        // Who has the address keeps it, on the way of answers too.
        using var talk = await Talk.OpenAsync(Host, "stranger", "server", server, Stop);
        await talk.RoundTripAsync(Stop);
        enforcer.Dispose();
        enforcer = Host.NewEnforcer();
        enforcer.Start();
        Enforce();
        enforcer.LookAtPorts();
        await LieAsync();
        await talk.RoundTripAsync(Stop);
        // What somebody does to that table is mended, too.
        Host.Nft("delete table bridge podwall");
        enforcer.Look();
        Assert.Equal(1, Host.Metrics.Repairs);
        await LieAsync();

        async Task LieAsync()
        {
            foreach (var address in new[] { claimed, nodeIp })
            {
                using var liar = Host.On("client", () => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
                liar.Bind(Host.At(address, 0));
                await Host.SendDroppedAsync(liar, Host.At(server, 7000), "spoofed", Stop);
            }
        }
    }

    [Fact]
    public async Task An_address_behind_two_ports_is_nobodys_until_it_is_behind_one()
    {
        Load();
        LayBridge();
        Host.AddAddress("client", "10.0.0.3");
        enforcer!.LookAtPorts();
        Host.Introduce("stranger", "server", "10.0.0.1");
        using var stranger = Host.Udp("stranger");
        await Host.SendDroppedAsync(stranger, Host.At("10.0.0.1", 7000), "spoofed", Stop);
        Assert.Contains("10.0.0.3", Host.Log.ToString(), StringComparison.Ordinal);
        Host.RemoveAddress("client", "10.0.0.3");
        enforcer.LookAtPorts();
        using var talk = await Talk.OpenAsync(Host, "stranger", "server", "10.0.0.1", Stop);
        await talk.RoundTripAsync(Stop);
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "169.254.77.2", "169.254.77.1", "spoofed")]
    [InlineData(AddressFamily.InterNetworkV6, "fe80::77:2", "fe80::77:1", "unready")]
    public async Task On_a_bridge_pods_do_not_meet_by_link_local_addresses(AddressFamily family, string from, string to, string reason)
    {
        Load();
        LayBridge();
        enforcer!.LookAtPorts();
        var prefix = family == AddressFamily.InterNetwork ? 24 : 64;
        Host.AddAddress("client", $"{from}/{prefix}");
        Host.AddAddress("server", $"{to}/{prefix}");
        using var receiver = Host.Udp("server", 7000, family);
        using var sender = Host.Udp("client", 7001, family);
        var target = Host.At(to, 7000);
        if (family == AddressFamily.InterNetworkV6)
            target.Address.ScopeId = Host.On("client", () => Sockets.IndexOf("eth0"));
        await Host.SendDroppedAsync(sender, target, reason, Stop);
        Assert.Equal(0, receiver.Available);
    }

    [Fact]
    public void Nft_lists_the_table_of_ports()
    {
        Load();
        LayBridge();
        enforcer!.LookAtPorts();
        Assert.Contains("owner4", Host.Node("nft", "list", "ruleset"), StringComparison.Ordinal);
        Assert.Contains("owner6", Host.Node("nft", "-j", "list", "ruleset"), StringComparison.Ordinal);
    }

    private void LayBridge() => Host.Bridge($"{Host.Prefix}-br", "server", "client", "stranger");
}
