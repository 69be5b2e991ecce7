using CsCheck;
using Podwall.Kubernetes;
using Podwall.Policy;
using Podwall.Policy.Asserting;

namespace Podwall.Tests.Policy;

/// <summary>Held against <see cref="BruteForce"/>: an assertion holds exactly if every flow that it is about is decided so.</summary>
public sealed class AssertionTests
{
    private static readonly string[] Ends = ["*/*", "n0/*", "[app=a]/*", "*/[app=a]", "*/[tier!=b]", "n0/[app]", "not n0/*", "not */[app=b]"];
    private static readonly string[] Ports = ["80/tcp", "53/udp", "icmp", "79-82/tcp", "any/sctp", "any"];

    [Fact]
    public void An_assertion_holds_exactly_if_every_flow_does() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new Random(seed);
        var cluster = Cluster(seed);
        var compiled = Compiled.Compile(cluster);
        Assertions assertions = new(compiled);
        for (var round = 0; round < 6; round++)
        {
            var (sources, targets) = (FlowEnds.Of(cluster, End(random)), FlowEnds.Of(cluster, End(random)));
            var traffic = ExpectedPort.TryParse(Ports[random.Next(Ports.Length)])!.Value.Traffic;
            var verdict = (Verdict)random.Next(2);
            var result = assertions.Check(new(sources with { Addresses = AddressSet.Empty }, targets with { Addresses = AddressSet.Empty }, traffic, verdict));

            var verdicts = sources.Pods.SelectMany(f => targets.Pods.Where(t => t.Id != f.Id).SelectMany(t => Packets(traffic).Select(p => Allows(cluster, f, t, p.Protocol, p.Port)))).OfType<bool>().ToArray();
            Assert.Equal(verdicts.All(v => v == (verdict == Verdict.Allow)), result.Holds);
            if (result.Counterexample is { } flow)
                Assert.NotEqual(verdict == Verdict.Allow, Allows(cluster, flow.From.Pod!, flow.To.Pod!, flow.Protocol, flow.Port));
        }
    }, iter: Effort.Times(400));

    [Fact]
    public void An_allowance_that_no_policy_could_deny_is_vacuous()
    {
        Pod[] pods = [new(new("a", "web"), Labels.Of(("app", "web"))), new(new("a", "db"), Labels.Of(("app", "db")))];
        var cluster = new Snapshot([new("a", Labels.None, pods, [new(new("a", "db"), Selector.Of(("app", "db")), [new([new Peer.PodsHere(Selector.Everything)], [])], null)])], []);
        Assertions assertions = new(Compiled.Compile(cluster));
        Assert.True(Check("a/db", "a/web").IsVacuous);
        var governed = Check("a/web", "a/db");
        Assert.False(governed.IsVacuous);
        Assert.Equal(new RuleId(new("a", "db"), Direction.Ingress, 0), Assert.Single(governed.Exercised));

        AssertionResult Check(string from, string to) => assertions.Check(new(FlowEnds.Of(cluster, FlowEnd.TryParse(from)!), FlowEnds.Of(cluster, FlowEnd.TryParse(to)!), Traffic.Of(Protocol.Tcp, PortSet.Of(80)), Verdict.Allow));
    }

    [Fact]
    public void Tenants_are_apart_exactly_if_no_pair_of_two_of_them_meets() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var cluster = Cluster(seed);
        EndSet all = new([.. cluster.Pods], AddressSet.Empty);
        var result = new Assertions(Compiled.Compile(cluster)).Check(new(all, all, Traffic.Everything, Verdict.Deny, ApartBy: "app"));

        var verdicts = cluster.Pods.SelectMany(f => cluster.Pods.Where(t => Tenant(f) is { } one && Tenant(t) is { } other && one != other).SelectMany(t => Packets(Traffic.Everything).Select(p => Allows(cluster, f, t, p.Protocol, p.Port)))).OfType<bool>().ToArray();
        Assert.Equal(verdicts.All(v => !v), result.Holds);
        Assert.Equal(verdicts.Length == 0, result.Pairs == 0);
        Assert.Equal(verdicts.Length == 0, result.IsVacuous);

        string? Tenant(Pod pod) => pod.Labels["app"] ?? cluster.Find(pod.Namespace)!.Labels["app"];
    }, iter: Effort.Times(200));

    [Fact]
    public void Outside_is_every_address()
    {
        Pod[] pods = [new(new("a", "web"), Labels.None) { Addresses = [Address.Parse("10.0.0.1")] }];
        var cluster = new Snapshot([new("a", Labels.None, pods, [new(new("a", "web"), Selector.Everything, [new([new Peer.Network(Cidr.Parse("192.0.2.0/24"), [])], [])], null)])], []);
        Assertions assertions = new(Compiled.Compile(cluster));
        Assert.True(Check("192.0.2.0/25", Verdict.Allow).Holds);
        Assert.False(Check("192.0.0.0/16", Verdict.Allow).Holds);
        Assert.False(Check("outside", Verdict.Deny).Holds);
        Assert.True(Check("198.51.100.0/24", Verdict.Deny).Holds);
        // An IPv4 pod meets no IPv6 address, whatever policies say.
        Assert.Equal(0, Check("2001:db8::/32", Verdict.Allow).Pairs);

        AssertionResult Check(string from, Verdict verdict) => assertions.Check(new(FlowEnds.Of(cluster, FlowEnd.TryParse(from)!), FlowEnds.Of(cluster, FlowEnd.TryParse("a/*")!), Traffic.Everything, verdict));
    }

    private static FlowEnd End(Random random) => FlowEnd.TryParse(Ends[random.Next(Ends.Length)])!;

    private static Snapshot Cluster(int seed) => new(new RandomCluster(seed).Snapshot().Namespaces.Select(n => n.With(pods: n.Pods.Select((p, i) => p with
    {
        UsesHostNetwork = false,
        IsTerminating = false,
        Node = null,
        Addresses = [.. p.Addresses.Select(a => Address.Parse(a.Family == IpFamily.V4 ? $"10.0.{n.Name[1..]}.{i + 1}" : $"fd00::{n.Name[1..]}:{i + 1:x}"))],
    }))), []);

    private static IEnumerable<(Protocol Protocol, int Port)> Packets(Traffic traffic) =>
        ProtocolNames.WithPorts.SelectMany(p => new[] { 1, 53, 79, 80, 81, 82, 8080, 9000, 65535 }.Where(n => traffic.Of(p).Contains(n)).Select(n => (p, n)))
            .Concat(traffic.PortLess ? [(Protocol.Icmp, 0)] : []);

    // Null where no packet could pass, whatever policies say.
    private static bool? Allows(Snapshot cluster, Pod from, Pod to, Protocol protocol, int port)
    {
        var families = IpFamily.Both.Where(f => Has(from, f) && Has(to, f)).ToArray();
        return families.Length == 0 ? null : families.Any(f => BruteForce.Allows(new(cluster, from, null, from.AddressOf(f)), new(cluster, to, null, to.AddressOf(f)), f, protocol, port));

        static bool Has(Pod pod, IpFamily family) => pod.Addresses.Count == 0 || pod.AddressOf(family) is not null;
    }
}
