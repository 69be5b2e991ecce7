using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Tests.Policy;

public sealed class ClusterFindingsTests
{
    private static readonly Pod Web = new(new("shop", "web"), Labels.Of(("app", "web")))
    {
        Addresses = [Address.Parse("10.0.0.1")],
        Node = "node1",
        Ports = [new(Protocol.Tcp, 80, "http")],
    };

    private static readonly Pod Host = Web with { Id = new("shop", "host"), Labels = Labels.Of(("app", "host")), UsesHostNetwork = true, Ports = [new(Protocol.Tcp, 9100, "metrics")] };

    [Fact]
    public void A_cluster_that_does_what_it_says_has_none() =>
        Assert.Empty(Find([Web, Host], Named(Direction.Ingress, "http"), Named(Direction.Egress, "http", new Peer.PodsIn(Selector.Everything, Selector.Of(("app", "web"))))));

    [Theory]
    [InlineData("none", "selects no pod of the namespace")]
    [InlineData("host", "only pods of the host's network")]
    public void A_policy_that_governs_nobody(string app, string said)
    {
        var finding = Assert.Single(Find([Web, Host], new NetworkPolicy(new("shop", "idle"), Selector.Of(("app", app)), [], null)));
        Assert.Equal((FindingReasons.SelectsNoPod, "NetworkPolicy", "shop", "idle"), (finding.Reason, finding.Kind, finding.Namespace, finding.Name));
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_no_destination_gives_to_a_port()
    {
        // The host's pod has that name, but no rule reaches it by a selector; a block has no pods at all.
        Assert.Equal(FindingReasons.PortNameUnknown, Assert.Single(Find([Web, Host], Named(Direction.Ingress, "metrics"))).Reason);
        Assert.Equal(FindingReasons.PortNameUnknown, Assert.Single(Find([Web, Host], Named(Direction.Egress, "metrics"))).Reason);
        Assert.Equal(FindingReasons.PortNameUnknown, Assert.Single(Find([Web, Host], Named(Direction.Egress, "http", new Peer.Network(Cidr.Parse("0.0.0.0/0"), [])))).Reason);
        Assert.Contains("ingress[0] names the port TCP \"metrics\"", Find([Web], Named(Direction.Ingress, "metrics")).Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_pods_with_one_address()
    {
        var finding = Assert.Single(Find([Web, Web with { Id = new("shop", "twin") }, Web with { Id = new("shop", "leaving"), IsTerminating = true }, Host]));
        Assert.Equal((FindingReasons.AddressShared, "web"), (finding.Reason, finding.Name));
        Assert.Contains("10.0.0.1 is also the address of shop/twin", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_on_a_node_that_is_none()
    {
        Assert.Equal(FindingReasons.NodeUnknown, Assert.Single(Find([Web with { Node = "gone" }])).Reason);
        Assert.Empty(ClusterFindings.Of(new([new("shop", Labels.None, [Web], [])], [])));
    }

    [Fact]
    public void What_could_not_be_read() => Assert.Equal(
        ["'10.0.0.300' is no address; policies see the pod without it", "spec.podSelector is odd; that part of the policy allows nothing"],
        Find([Web with { Faults = ["'10.0.0.300' is no address"] }], new NetworkPolicy(new("shop", "odd"), Selector.Everything, [], null) { Faults = ["spec.podSelector is odd"] }).Select(f => f.Message));

    private static List<ClusterFinding> Find(IEnumerable<Pod> pods, params IEnumerable<NetworkPolicy> policies) =>
        [.. ClusterFindings.Of(new([new("shop", Labels.None, pods, policies)], [new("node1", Labels.None, [], [])]))];

    private static NetworkPolicy Named(Direction direction, string port, params Peer[] peers)
    {
        ValueList<Rule> rules = [new([.. peers], [new PortMatch.Named(Protocol.Tcp, port)])];
        return new(new("shop", "named"), Selector.Of(("app", "web")), direction == Direction.Ingress ? rules : null, direction == Direction.Egress ? rules : null);
    }
}
