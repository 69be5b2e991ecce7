using System.Globalization;
using Podwall.Policy;

namespace Podwall.Lab.Hosting;

/// <summary>Which address is whose in a lab. Nodes count from 1.</summary>
internal sealed record AddressPlan(IpFamilies Families)
{
    // Of this host, this link, and groups.
    private static readonly Cidr[] Nobodys = [.. new[] { "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/10", "ff00::/8" }.Select(Cidr.Parse)];

    /// <summary>The families in use, the first of which is the cluster's own.</summary>
    public IEnumerable<IpFamily> Used => IpFamily.Both.Where(f => Families.HasFlag(f.AsSet()));

    /// <summary>What no client or server of the world outside can have; it has all other addresses.</summary>
    public IEnumerable<Cidr> Inside => [.. Used.SelectMany(Own), .. Nobodys];

    /// <summary>What the cluster's pods, services, nodes and cables have.</summary>
    public static IEnumerable<Cidr> Own(IpFamily family) => [AllPods(family), Services(family), Fabric(family), Cidr.Parse(family == IpFamily.V4 ? "172.19.0.0/24" : "fd00:172:19::/64")];

    public static int Bits(IpFamily family) => family == IpFamily.V4 ? 32 : 128;

    /// <summary>Of the fabric that joins the nodes; number 1 is its gateway.</summary>
    public static Cidr Fabric(IpFamily family) => Cidr.Parse(family == IpFamily.V4 ? "172.18.0.0/16" : "fd00:172:18::/64");

    public static Address Gateway(IpFamily family) => InFabric(family, 1);

    public static Address NodeAddress(IpFamily family, int node) => InFabric(family, node + 1);

    public static Cidr PodRange(IpFamily family, int node) => Cidr.Parse(Text(family, $"10.244.{node}.0/24", $"fd00:10:244:{node:x}::/64"));

    /// <summary>That of all nodes together.</summary>
    public static Cidr AllPods(IpFamily family) => Cidr.Parse(family == IpFamily.V4 ? "10.244.0.0/16" : "fd00:10:244::/48");

    public static Address PodAddress(IpFamily family, int node, int number) => Address.Parse(Text(family, $"10.244.{node}.{number}", $"fd00:10:244:{node:x}::{number:x}"));

    /// <summary>What a pod's packets go to first; every cable has it at its node's end.</summary>
    public static Address PodGateway(IpFamily family, int node) => family == IpFamily.V4 ? PodAddress(family, node, 1) : Address.Parse("fe80::1");

    /// <summary>Between the fabric and the world outside; 1 is the fabric's end.</summary>
    public static Address Border(IpFamily family, int end) => Address.Parse(Text(family, $"172.19.0.{end}", $"fd00:172:19::{end:x}"));

    /// <summary>What names of the world outside lead to.</summary>
    public static Address OutsideServer(IpFamily family) => Address.Parse(family == IpFamily.V4 ? "203.0.113.10" : "2001:db8::10");

    public static Address Dns(IpFamily family) => Address.Parse(family == IpFamily.V4 ? "10.96.0.10" : "fd00:10:96::a");

    public static Cidr Services(IpFamily family) => Api.Admission.ServiceAddresses.Block(family);

    /// <summary>The <c>/etc/resolv.conf</c> of pods of a namespace.</summary>
    public string Resolver(string ns) =>
        $"search {ns}.svc.cluster.local svc.cluster.local cluster.local\nnameserver {Dns(Used.First())}\noptions ndots:5\n";

    private static Address InFabric(IpFamily family, int number) => Address.Parse(Text(family, $"172.18.0.{number}", $"fd00:172:18::{number:x}"));

    private static string Text(IpFamily family, FormattableString v4, FormattableString v6) => (family == IpFamily.V4 ? v4 : v6).ToString(CultureInfo.InvariantCulture);
}
