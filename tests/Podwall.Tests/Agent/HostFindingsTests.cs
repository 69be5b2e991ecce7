using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Podwall.Agent;

namespace Podwall.Tests.Agent;

/// <summary>What is found on a host, which here is a directory.</summary>
public sealed class HostFindingsTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("podwall-host").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_bridge_whose_traffic_passes_no_filter_is_fatal()
    {
        Directory.CreateDirectory(Path.Combine(root, "sys/class/net/cni0/bridge"));
        Assert.Equal(2, Found("net.bridge").Count(f => f.IsFatal && f.Fix.Contains("modprobe br_netfilter", StringComparison.Ordinal)));
        Write("proc/sys/net/bridge/bridge-nf-call-iptables", "1");
        Write("proc/sys/net/bridge/bridge-nf-call-ip6tables", "0");
        Assert.Equal("sysctl -w net.bridge.bridge-nf-call-ip6tables=1", Assert.Single(Found("net.bridge")).Fix);
        Write("proc/sys/net/bridge/bridge-nf-call-ip6tables", "1");
        Assert.Empty(Found("net.bridge"));
    }

    [Theory]
    [InlineData("veth*", "")]
    [InlineData("", "10.244.1.0/24")]
    [InlineData("", "fd00:1::/64")]
    [InlineData("none*", "10.244.2.0/24")]
    public void A_bridge_is_known_by_its_ports_and_by_what_is_reached_through_it(string port, string range)
    {
        Directory.CreateDirectory(Path.Combine(root, "sys/class/net/cni0/bridge"));
        Directory.CreateDirectory(Path.Combine(root, "sys/class/net/cni0/brif/veth1"));
        Directory.CreateDirectory(Path.Combine(root, "sys/class/net/veth1"));
        Write("proc/net/route", "Iface\tDestination\tGateway\neth0\t00000000\t0100A8C0\ncni0\t0001F40A\t00000000");
        Write("proc/net/ipv6_route", "fd000001000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 cni0");
        HostFindings host = new(new("node1") { PodInterfaces = port.Length > 0 ? [port] : [], PodRanges = range.Length > 0 ? [Podwall.Policy.Cidr.Parse(range)] : [] }, root);
        Assert.Equal(port == "none*" ? 0 : 2, host.All().Count(f => f.IsFatal && f.What.Contains("between pods on cni0", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("sys/class/net/cilium_host/flags", "Cilium")]
    [InlineData("sys/class/net/antrea-gw0/flags", "Antrea")]
    [InlineData("sys/fs/bpf/globals/aws/programs/one", "AWS")]
    [InlineData("proc/net/ip_tables_names", "iptables-legacy")]
    public void Another_policy_agent_is_named(string path, string name)
    {
        Assert.Empty(Found(name));
        Write(path, "filter");
        Assert.NotEmpty(Assert.Single(Found(name)).Fix);
    }

    [Fact]
    public void What_else_stands_in_the_way_is_found()
    {
        Write("proc/sys/net/ipv4/ip_forward", "0");
        Write("proc/sys/net/netfilter/nf_conntrack_count", "90");
        Write("proc/sys/net/netfilter/nf_conntrack_max", "100");
        Write("proc/net/ip_vs", "IP Virtual Server\nProt LocalAddress\n  -> RemoteAddress\nTCP  0A600001:0050 rr");
        Write("proc/sys/net/ipv4/vs/conntrack", "0");
        Assert.Single(Found("ip_forward"));
        Assert.Single(Found("90 % full"));
        Assert.True(Assert.Single(Found("IPVS")).IsFatal);
    }

    [Fact]
    public void A_strict_reverse_path_matters_where_there_are_several_ways_out()
    {
        Write("proc/sys/net/ipv4/conf/all/rp_filter", "1");
        Write("proc/net/route", "Iface\tDestination\tGateway\neth0\t00000000\t0100A8C0\neth0\t0000A8C0\t00000000");
        Assert.Empty(Found("rp_filter"));
        Write("proc/net/route", "Iface\tDestination\tGateway\neth0\t00000000\t0100A8C0\neth1\t00000000\t0100A8C0");
        Assert.Equal("sysctl -w net.ipv4.conf.all.rp_filter=2", Assert.Single(Found("eth0, eth1")).Fix);
        Write("proc/sys/net/ipv4/conf/all/rp_filter", "2");
        Assert.Empty(Found("rp_filter"));
    }

    [Fact]
    public void A_bridge_needs_the_filter_of_the_families_in_use_only()
    {
        Directory.CreateDirectory(Path.Combine(root, "sys/class/net/cni0/bridge"));
        Write("proc/sys/net/bridge/bridge-nf-call-iptables", "1");
        Assert.Single(Found("net.bridge"));
        Assert.DoesNotContain(new HostFindings(new("node1") { PodInterfaces = ["cni0"], Families = [Podwall.Policy.IpFamily.V4] }, root).All(), f => f.What.Contains("net.bridge", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kube_proxy_is_asked_what_it_does()
    {
        Queue<string> answers = new(["nftables", """{"kubeproxy.config.k8s.io":{"mode":"nftables","iptables":{"masqueradeAll":false},"nftables":{"masqueradeAll":true}}}"""]);
        await using var proxy = await LocalServer.StartAsync(http => http.Response.WriteAsync(answers.Dequeue()));
        var findings = await ProxyFindings.AskAsync(TestContext.Current.CancellationToken, proxy.Address.ToString());
        Assert.Equal("nftables", findings.Mode);
        Assert.Contains("nftables.masqueradeAll", Assert.Single(findings.All()).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_kube_proxy_does_not_answer_its_rules_are_looked_at()
    {
        var findings = await ProxyFindings.AskAsync(TestContext.Current.CancellationToken, $"http://127.0.0.1:{FreePort()}/");
        Assert.Empty(findings.All());
        Assert.Equal("iptables", ProxyFindings.ModeOf([("filter", "INPUT"), ("nat", "KUBE-SERVICES")]));
        Assert.Equal("nftables", ProxyFindings.ModeOf([("nat", "KUBE-SERVICES"), ("kube-proxy", "services")]));
        Assert.Null(ProxyFindings.ModeOf([("filter", "INPUT")]));
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private IEnumerable<HostFinding> Found(string said) =>
        new HostFindings(new("node1") { PodInterfaces = ["cni0"] }, root).All().Where(f => f.What.Contains(said, StringComparison.Ordinal));

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
        File.WriteAllText(Path.Combine(root, path), $"{text}\n");
    }
}
