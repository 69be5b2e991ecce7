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

    private IEnumerable<HostFinding> Found(string said) =>
        new HostFindings(new("node1") { PodInterfaces = ["cni0"] }, root).All().Where(f => f.What.Contains(said, StringComparison.Ordinal));

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
        File.WriteAllText(Path.Combine(root, path), $"{text}\n");
    }
}
