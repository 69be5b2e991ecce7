using CsCheck;
using Podwall.Policy;
using Podwall.Policy.Asserting;
using Podwall.Policy.Querying;

namespace Podwall.Tests.Policy;

/// <summary>Queries held against the verdicts, pair by pair, and hops against a search over them.</summary>
public sealed class ReachQueryTests
{
    private static readonly (Protocol Protocol, int Port)[] Packets = [(Protocol.Icmp, 0), (Protocol.Tcp, 80), (Protocol.Tcp, 8080), (Protocol.Udp, 53), (Protocol.Sctp, 81)];

    [Fact]
    public void Paths_are_what_the_verdicts_allow() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var (compiled, pods) = Cluster(seed);
        EndSet all = new(pods, AddressSet.Empty);
        var paths = new ReachQuery(compiled).Paths(all, all, Traffic.Everything);
        foreach (var from in pods)
            foreach (var to in pods.Where(t => t.Id != from.Id))
                foreach (var (protocol, port) in Packets)
                    Assert.Equal(Allows(compiled, from, to, protocol, port), paths.Any(p => p.From.Pods.Any(f => f.Id == from.Id) && p.To.Pods.Any(t => t.Id == to.Id) && p.Traffic.Contains(protocol, port)));
    }, iter: Effort.Times(200));

    [Fact]
    public void Every_rule_that_lets_some_of_a_path_through_is_named() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var (compiled, pods) = Cluster(seed);
        EndSet all = new(pods, AddressSet.Empty);
        ReachQuery query = new(compiled);
        foreach (var path in query.Paths(all, all, Traffic.Everything))
        {
            var named = query.RulesOf(path).ToHashSet();
            foreach (var from in path.From.Pods)
                foreach (var to in path.To.Pods.Where(t => t.Id != from.Id))
                    foreach (var (protocol, port) in Packets.Where(p => path.Traffic.Contains(p.Protocol, p.Port)))
                    {
                        Flow flow = new(compiled.At(from), compiled.At(to), protocol, port);
                        var decided = compiled.Decide(flow);
                        Assert.Subset(named, decided.Allowing(flow, Direction.Egress).Concat(decided.Allowing(flow, Direction.Ingress)).ToHashSet());
                    }
        }
    }, iter: Effort.Times(100));

    [Theory, InlineData(true), InlineData(false)]
    public void Hops_are_a_search_from_pod_to_pod(bool isOnward) => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var (compiled, pods) = Cluster(seed);
        if (pods.Count == 0)
            return;
        var start = pods[seed % pods.Count];
        var tcp = Traffic.Of(Protocol.Tcp, PortSet.Of(80));
        ReachQuery query = new(compiled);
        EndSet from = new([start], AddressSet.Empty);
        var hops = isOnward ? query.Onward(from, tcp) : query.Backward(from, tcp);

        Dictionary<PodId, int> wanted = new() { [start.Id] = 0 };
        for (var round = 1; round <= pods.Count; round++)
            foreach (var known in wanted.Where(w => w.Value == round - 1).Select(w => w.Key).ToArray())
                foreach (var next in pods.Where(p => !wanted.ContainsKey(p.Id) && (isOnward ? Allows(compiled, compiled.Snapshot.Find(known)!, p, Protocol.Tcp, 80) : Allows(compiled, p, compiled.Snapshot.Find(known)!, Protocol.Tcp, 80))).ToArray())
                    wanted[next.Id] = round;
        wanted.Remove(start.Id);
        Assert.Equal(wanted.OrderBy(w => $"{w.Key}", StringComparer.Ordinal), hops.SelectMany(h => h.Pods.Select(p => KeyValuePair.Create(p.Id, h.Number))).OrderBy(w => $"{w.Key}", StringComparer.Ordinal));
    }, iter: Effort.Times(200));

    private static (Compiled Compiled, ValueList<Pod> Pods) Cluster(int seed)
    {
        var compiled = Compiled.Compile(new RandomCluster(seed).Snapshot());
        return (compiled, [.. compiled.Snapshot.Pods.Where(p => !p.UsesHostNetwork)]);
    }

    private static bool Allows(Compiled compiled, Pod from, Pod to, Protocol protocol, int port) => compiled.Decide(new(compiled.At(from), compiled.At(to), protocol, port)).IsAllowed;
}
