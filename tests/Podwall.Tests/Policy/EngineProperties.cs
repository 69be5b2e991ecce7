using CsCheck;
using Podwall.Policy;

namespace Podwall.Tests.Policy;

public sealed class EngineProperties
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];

    [Fact]
    public void Every_verdict_is_the_brute_force_reading() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var snapshot = random.Snapshot();
        var compiled = Compiled.Compile(snapshot);
        var ends = Ends(random, compiled);
        foreach (var from in ends)
            foreach (var to in ends)
                AssertAsOracle(random, compiled, from, to);
    }, iter: Effort.Times(1500));

    [Fact]
    public void The_matrix_holds_what_the_verdicts_say() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var compiled = Compiled.Compile(random.Snapshot());
        var connectivity = Connectivity.Of(compiled);
        foreach (var to in connectivity.Classes)
        {
            var inflows = connectivity.Into(to).ToArray();
            foreach (var from in connectivity.Classes)
                AssertSame(random, compiled, from, to, inflows.Where(i => i.Sources.Contains(from)).ToArray());
            foreach (var direction in Enum.GetValues<Direction>())
                AssertOutside(random, compiled, to, direction, connectivity.Outside(to, direction));
        }
    }, iter: Effort.Times(600));

    [Fact]
    public void An_update_is_a_fresh_start() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var compiled = Compiled.Compile(random.Snapshot());
        for (var step = 0; step < 4; step++)
        {
            var next = compiled.Snapshot.With(random.Namespace($"n{seed % 3}"));
            var (updated, fresh) = (compiled.Update(next), Compiled.Compile(next));
            foreach (var from in next.Pods)
                foreach (var to in next.Pods)
                {
                    var (protocol, port) = (random.Protocol(), random.Port());
                    Assert.Equal(
                        fresh.Decide(new(fresh.At(from), fresh.At(to), protocol, port)),
                        updated.Decide(new(updated.At(from), updated.At(to), protocol, port)));
                }

            compiled = updated;
        }
    }, iter: Effort.Times(500));

    [Fact]
    public void The_order_of_objects_never_matters() => Seeds.Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var snapshot = random.Snapshot();
        var shuffled = new Snapshot(
            snapshot.Namespaces.Reverse().Select(n => new NamespaceBlock(n.Name, n.Labels, n.Pods.Reverse(), n.Policies.Reverse().Select(Reversed))),
            snapshot.Nodes.Reverse());
        var (one, other) = (Compiled.Compile(snapshot), Compiled.Compile(shuffled));
        foreach (var from in snapshot.Pods)
            foreach (var to in snapshot.Pods)
            {
                var (protocol, port) = (random.Protocol(), random.Port());
                Assert.Equal(
                    one.Decide(new(one.At(from), one.At(to), protocol, port)).AllowedOver,
                    other.Decide(new(other.At(from.Id)!, other.At(to.Id)!, protocol, port)).AllowedOver);
            }
    }, iter: Effort.Times(500));

    [Fact]
    public void Deciding_allocates_nothing()
    {
        var random = new RandomCluster(7);
        var compiled = Compiled.Compile(random.Snapshot());
        var ends = Ends(random, compiled).Where(e => e.Rivals.Length == 0).ToArray();
        DecideAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        DecideAll();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void DecideAll()
        {
            foreach (var from in ends)
                foreach (var to in ends)
                    compiled.Decide(new(from, to, Protocol.Tcp, 80));
        }
    }

    private static NetworkPolicy Reversed(NetworkPolicy policy) => policy with
    {
        Ingress = policy.Ingress?.Reverse().ToValueList(),
        Egress = policy.Egress?.Reverse().ToValueList(),
    };

    private static Endpoint[] Ends(RandomCluster random, Compiled compiled) =>
    [
        .. compiled.Snapshot.Pods.Select(compiled.At),
        .. compiled.Snapshot.Nodes.Select(compiled.At),
        compiled.At(random.OutsideAddress()),
        compiled.At(random.OutsideAddress()),
    ];

    private static void AssertAsOracle(RandomCluster random, Compiled compiled, Endpoint from, Endpoint to)
    {
        var (protocol, port) = random.Port() % 7 == 0 ? (Protocol.Icmp, 0) : (random.Protocol(), random.Port());
        var expected = IpFamily.Both.Where(f => Claims(compiled, from, to, f).All(pair => BruteForce.Allows(pair.From, pair.To, f, protocol, port))
            && (from.Families & to.Families & f.AsSet()) != 0).Aggregate(IpFamilies.None, (all, f) => all | f.AsSet());
        var flow = new Flow(from, to, protocol, port);
        var decided = compiled.Decide(flow);
        Assert.True((expected != IpFamilies.None) == decided.IsAllowed, $"{flow}: the specification says {expected}, the engine {decided}");
        Assert.Equal(decided.IsAllowed, compiled.TrafficBetween(from, to).Contains(protocol, port));
        if (from.Rivals.Length + to.Rivals.Length == 0)
            Assert.Equal(decided.Ingress.Why is Reason.Matched(var rule) ? rule : null, decided.Allowing(flow, Direction.Ingress).FirstOrDefault());
        if (decided.Judged == IpFamilies.Both && compiled.HasNetworks)
            Assert.Equal(expected, decided.AllowedOver);
    }

    // Where pods contend for an address, all of them must be allowed.
    private static IEnumerable<(BruteForce.End From, BruteForce.End To)> Claims(Compiled compiled, Endpoint from, Endpoint to, IpFamily family) =>
        ReferenceEquals(from.Pod, to.Pod) && from.Pod is not null ? [(End(compiled, from, family), End(compiled, to, family))] :
        from.Rivals.Prepend(from).SelectMany(f => to.Rivals.Prepend(to).Select(t => (End(compiled, f, family), End(compiled, t, family))));

    private static BruteForce.End End(Compiled compiled, Endpoint end, IpFamily family) =>
        new(compiled.Snapshot, end.Pod, end.Node, end.AddressIn(family.AsSet()));

    private static void AssertSame(RandomCluster random, Compiled compiled, PodClass from, PodClass to, Inflow[] inflows)
    {
        Assert.True(inflows.Length <= 1, "the groups of sources overlap");
        foreach (var source in from.Pods)
            foreach (var destination in to.Pods.Where(p => p != source))
                foreach (var (protocol, port) in ((Protocol, int)[])[(random.Protocol(), random.Port()), (Protocol.Icmp, 0)])
                {
                    var decided = compiled.Decide(new(compiled.At(source), compiled.At(destination), protocol, port));
                    var listed = inflows is [var inflow] && inflow.Traffic.Contains(protocol, port);
                    Assert.True(decided.IsAllowed == listed, $"{source} -> {destination} {protocol} {port}: decided {decided}, listed {listed}");
                    if (decided.Judged == IpFamilies.Both && compiled.HasNetworks)
                        Assert.Equal(decided.AllowedOver, inflows is [var i] ? (i.OverV4.Contains(protocol, port) ? IpFamilies.V4 : 0) | (i.OverV6.Contains(protocol, port) ? IpFamilies.V6 : 0) : IpFamilies.None);
                }
    }

    private static void AssertOutside(RandomCluster random, Compiled compiled, PodClass member, Direction direction, ValueList<OutsideReach> reach)
    {
        var (outside, pod) = (compiled.At(random.OutsideAddress()), compiled.At(member.Pods[0]));
        if (!outside.IsOutside || (outside.Families & pod.Families) == 0)
            return;
        var (protocol, port) = (random.Protocol(), random.Port());
        var flow = direction == Direction.Egress ? new Flow(pod, outside, protocol, port) : new Flow(outside, pod, protocol, port);
        var listed = reach.Any(r => r.Addresses.Contains(outside.Addresses[0]) && r.Traffic.Contains(protocol, port));
        Assert.True(compiled.Decide(flow).IsAllowed == listed, $"{flow}: listed {listed}");
    }
}
