using System.Globalization;
using System.Net;
using Podwall.Nftables.Kernel;
using Podwall.Nftables.Netlink;
using Podwall.Policy;

namespace Podwall.Agent;

/// <summary>Something about the host that keeps policies from being true, or may, and what to do.</summary>
/// <param name="IsFatal">Policies would not be enforced.</param>
public sealed record HostFinding(bool IsFatal, string What, string Fix);

/// <summary>Looks at the host for what an agent needs of it; changes nothing.</summary>
public sealed class HostFindings(AgentOptions options, string root = "/")
{
    public IEnumerable<HostFinding> All() => [.. Kernel(), .. Forwarding(), .. ReversePath(), .. Bypasses(options.PodRanges.AsEnumerable()), .. Tracking(), .. Others(), .. Ipvs(), .. Telling()];

    private static IEnumerable<HostFinding> Kernel()
    {
        HostFinding? finding = null;
        try
        {
            using KernelTable table = new();
            table.Try();
        }
        catch (NetlinkException refused)
        {
            finding = Refusal(refused);
        }

        return finding is null ? [] : [finding];
    }

    /// <summary>What to do where the kernel refuses.</summary>
    public static HostFinding Refusal(NetlinkException refused) => refused.Error == NetlinkException.NotPermitted
        ? new(true, "the kernel refuses: CAP_NET_ADMIN is missing in this network namespace", "Run with sudo, or in a namespace of your own: unshare -Urn")
        : new(true, $"the kernel refuses: {refused.Message}", "A kernel of 5.10 or later with nf_tables and connection tracking (CONFIG_NF_TABLES_INET, CONFIG_NF_CT_NETLINK) is needed");

    private IEnumerable<HostFinding> Forwarding()
    {
        if (Text("proc/sys/net/ipv4/ip_forward") == "0")
            yield return new(false, "net.ipv4.ip_forward is 0: pods reach nothing beyond their own node", "sysctl -w net.ipv4.ip_forward=1");
    }

    // With one way out nothing comes in by another.
    private IEnumerable<HostFinding> ReversePath()
    {
        const int InterfaceColumn = 0, DestinationColumn = 1;
        var ways = Text("proc/net/route").Split('\n').Select(l => l.Split('\t')).Where(c => c.Length > DestinationColumn && c[DestinationColumn] == "00000000").Select(c => c[InterfaceColumn]).Distinct().ToArray();
        if (ways.Length > 1 && Text("proc/sys/net/ipv4/conf/all/rp_filter") == "1")
            yield return new(false, $"net.ipv4.conf.all.rp_filter is 1 and there are several ways out ({string.Join(", ", ways)}): what comes in by one and is answered by another is dropped before policy sees it",
                "sysctl -w net.ipv4.conf.all.rp_filter=2");
    }

    /// <summary>
    /// Between two pods on one bridge nothing passes the host's packet filter unless br_netfilter takes it there. A bridge may
    /// come, and the setting go, at any time.
    /// </summary>
    /// <param name="ranges">Where this node's pods get their addresses, as far as is known.</param>
    public IEnumerable<HostFinding> Bypasses(IEnumerable<Cidr> ranges)
    {
        Cidr[] known = [.. ranges];
        var bridges = Interfaces().Where(i => Directory.Exists(At($"sys/class/net/{i}/bridge")) && (Ports(i).Append(i).Any(IsPods) || Routes(i).Any(r => known.Any(k => k.Contains(r))))).ToArray();
        if (bridges.Length == 0)
            yield break;
        foreach (var setting in options.Families.Select(f => f == IpFamily.V4 ? "bridge-nf-call-iptables" : "bridge-nf-call-ip6tables"))
            if (Text($"proc/sys/net/bridge/{setting}") is var value && value != "1")
                yield return new(true, $"traffic between pods on {string.Join(", ", bridges)} does not pass the packet filter: net.bridge.{setting} is {(value.Length > 0 ? value : "not there")}",
                    $"{(value.Length > 0 ? "" : "modprobe br_netfilter && ")}sysctl -w net.bridge.{setting}=1");
    }

    private IEnumerable<HostFinding> Tracking()
    {
        const int Crowded = 80;
        if (int.TryParse(Text("proc/sys/net/netfilter/nf_conntrack_count"), CultureInfo.InvariantCulture, out var count)
            && int.TryParse(Text("proc/sys/net/netfilter/nf_conntrack_max"), CultureInfo.InvariantCulture, out var most) && most > 0 && 100L * count / most >= Crowded)
            yield return new(false, $"connection tracking is {100L * count / most} % full ({count} of {most}); beyond it new connections are dropped", "sysctl -w net.netfilter.nf_conntrack_max=...");
    }

    // By their chains; who enforces without any, by what else of theirs is on a node.
    private IEnumerable<HostFinding> Others()
    {
        List<(string Table, string Chain)> chains = [];
        try
        {
            chains = Ruleset.Chains();
        }
        catch (NetlinkException)
        {
            // Said above.
        }

        foreach (var (name, mark, path, fix) in Agents)
            if ((mark.Length > 0 && chains.Any(c => c.Table.Contains(mark, StringComparison.OrdinalIgnoreCase) || c.Chain.StartsWith(mark, StringComparison.OrdinalIgnoreCase))) || (path.Length > 0 && Path.Exists(At(path))))
                yield return new(false, $"{name} enforces policies on this node too, as it seems: what either denies is denied", fix);
        if (Text("proc/net/ip_tables_names").Length > 0 || Text("proc/net/ip6_tables_names").Length > 0)
            yield return new(false, "there are rules of iptables-legacy, which are not looked at", "Look with iptables-legacy-save for those of another policy agent");
    }

    // What IPVS forwards is seen after its choice of a pod only where it is tracked.
    private IEnumerable<HostFinding> Ipvs()
    {
        const int HeadLines = 3;
        if (Text("proc/net/ip_vs").Split('\n').Length > HeadLines && Text("proc/sys/net/ipv4/vs/conntrack") == "0")
            yield return new(true, "kube-proxy runs in IPVS mode without connection tracking", "sysctl -w net.ipv4.vs.conntrack=1");
    }

    private static readonly (string Name, string Mark, string Path, string Fix)[] Agents =
    [
        ("kube-router", "KUBE-ROUTER", "", "Switch one of them off (k3s: --disable-network-policy)"),
        ("Calico", "cali-", "", "Switch one of them off"),
        ("Cilium", "CILIUM", "sys/class/net/cilium_host", "Switch one of them off (Cilium: policyEnforcementMode=never)"),
        ("Antrea", "ANTREA", "sys/class/net/antrea-gw0", "Switch one of them off (Antrea: the feature gate AntreaPolicy and NetworkPolicy)"),
        ("Weave Net", "WEAVE-NPC", "", "Switch one of them off (Weave Net: EXPECT_NPC=0)"),
        ("the AWS network policy agent", "", "sys/fs/bpf/globals/aws/programs", "Switch one of them off (VPC CNI: enableNetworkPolicy=false)"),
        ("kube-network-policies", "kube-network-policies", "", "Switch one of them off"),
    ];

    private IEnumerable<HostFinding> Telling()
    {
        if (!options.TellsPodsApart)
            yield return new(false, "neither --pod-interface nor --pod-cidr says which addresses are pods of this node", "Until the Node object is read (spec.podCIDRs), a pod that starts is not closed; name them");
    }

    private bool IsPods(string name) => options.PodInterfaces.Any(p => AgentOptions.Matches(p, name));

    private IEnumerable<string> Ports(string bridge) => Names($"sys/class/net/{bridge}/brif");

    // The networks that are reached through an interface, by their first addresses.
    private IEnumerable<Address> Routes(string name)
    {
        const int V4Interface = 0, V4Destination = 1, V6Destination = 0, V6Interface = 9;
        foreach (var columns in Text("proc/net/route").Split('\n').Skip(1).Select(l => l.Split('\t')))
            if (columns.Length > V4Destination && columns[V4Interface] == name)
                yield return Address.Parse($"{new IPAddress(uint.Parse(columns[V4Destination], NumberStyles.HexNumber, CultureInfo.InvariantCulture))}");
        foreach (var columns in Text("proc/net/ipv6_route").Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            if (columns.Length > V6Interface && columns[V6Interface] == name)
                yield return Address.Parse($"{new IPAddress(Convert.FromHexString(columns[V6Destination]))}");
    }

    private IEnumerable<string> Interfaces() => Names("sys/class/net");

    private IEnumerable<string> Names(string path) => Directory.Exists(At(path)) ? Directory.EnumerateFileSystemEntries(At(path)).Select(p => Path.GetFileName(p)) : [];

    private string At(string path) => Path.Combine(root, path);

    private string Text(string path)
    {
        try
        {
            return File.ReadAllText(At(path)).Trim();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
