using CsCheck;
using Podwall.Policy;

namespace Podwall.Tests.Policy;

public sealed class ReachDiffTests
{
    private static readonly ushort[] Ports = [53, 79, 80, 81, 443, 8080, 8081, 65535];
    private static readonly (Protocol Protocol, int Port)[] Packets =
        [(Protocol.Icmp, 0), .. ProtocolNames.WithPorts.AsSpan().ToArray().SelectMany(p => Ports.Select(n => (p, (int)n)))];

    [Fact]
    public void The_difference_is_what_the_verdicts_say() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var before = Compiled.Compile(random.Snapshot());
        var after = before;
        for (var edits = seed % 3; edits >= 0; edits--)
            after = after.Update(after.Snapshot.With(random.Namespace($"n{(seed + edits) % 4}")));
        var diff = ReachDiff.Between(Connectivity.Of(before), Connectivity.Of(after));

        var (here, there) = (Governed(before), Governed(after));
        Assert.Equal(here.Keys.Except(there.Keys).Order(Names), diff.OnlyBefore.Select(p => p.Id));
        Assert.Equal(there.Keys.Except(here.Keys).Order(Names), diff.OnlyAfter.Select(p => p.Id));
        foreach (var from in here.Keys.Intersect(there.Keys))
            foreach (var to in here.Keys.Intersect(there.Keys).Where(to => to != from))
            {
                var changes = diff.Changes.Where(c => c.To.Pods.Any(p => p.Id == to) && c.From.Any(f => f.Pods.Any(p => p.Id == from))).ToArray();
                foreach (var (protocol, port) in Packets)
                {
                    var (was, now) = (Decide(before, from, to, protocol, port), Decide(after, from, to, protocol, port));
                    // Of pods that gained or lost a family, any family stands for all.
                    IpFamily?[] families = was.Judged == IpFamilies.Both && now.Judged == IpFamilies.Both ? [IpFamily.V4, IpFamily.V6] : [null];
                    foreach (var family in families)
                    {
                        var (allowed, allows) = (Over(was, family), Over(now, family));
                        var about = changes.Where(c => c.OnlyOver is null || c.OnlyOver == family).ToArray();
                        Assert.Equal(allows && !allowed ? 1 : 0, about.Count(c => c.Added.Contains(protocol, port)));
                        Assert.Equal(allowed && !allows ? 1 : 0, about.Count(c => c.Removed.Contains(protocol, port)));
                    }
                }
            }
    }, iter: Effort.Times(800));

    [Fact]
    public void The_difference_outside_is_that_of_the_partitions() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new RandomCluster(seed);
        var before = Compiled.Compile(random.Snapshot());
        var after = before.Update(before.Snapshot.With(random.Namespace("n0")));
        var (was, now) = (Connectivity.Of(before), Connectivity.Of(after));
        var diff = ReachDiff.Between(was, now);
        foreach (var pod in Governed(before).Keys.Intersect(Governed(after).Keys))
            foreach (var direction in Enum.GetValues<Direction>())
            {
                var (address, protocol, port) = (random.OutsideAddress(), random.Protocol(), random.Port());
                var (old, current) = (Holds(was, pod), Holds(now, pod));
                var change = diff.Outside.SingleOrDefault(c => c.Direction == direction && c.Addresses.Contains(address) && c.Pods.Pods.Any(p => p.Id == pod));
                Assert.Equal(current && !old, change?.Added.Contains(protocol, port) ?? false);
                Assert.Equal(old && !current, change?.Removed.Contains(protocol, port) ?? false);

                bool Holds(Connectivity connectivity, PodId id) => connectivity.Outside(connectivity.Classes.Single(c => c.Pods.Any(p => p.Id == id)), direction)
                    .Any(r => r.Addresses.Contains(address) && r.Traffic.Contains(protocol, port));
            }
    }, iter: Effort.Times(800));

    [Fact]
    public void A_cluster_read_twice_differs_in_nothing()
    {
        for (var seed = 0; seed < 200; seed++)
            Assert.True(ReachDiff.Between(Read(seed), Read(seed)).IsEmpty);

        static Connectivity Read(int seed) => Connectivity.Of(Compiled.Compile(new RandomCluster(seed).Snapshot()));
    }

    [Fact]
    public void What_opens_over_one_family_only_is_a_change()
    {
        Pod[] pods = [new(new("shop", "from"), Labels.None) { Addresses = [Address.Parse("10.0.0.1"), Address.Parse("fd00::1")] },
            new(new("shop", "to"), Labels.Of(("app", "web"))) { Addresses = [Address.Parse("10.0.0.2"), Address.Parse("fd00::2")] }];

        var change = Assert.Single(ReachDiff.Between(Admitting("fd00::/64"), Admitting("fd00::/64", "10.0.0.0/8")).Changes);

        Assert.Equal((IpFamily.V4, Traffic.Everything, Traffic.None), (change.OnlyOver, change.Added, change.Removed));
        Assert.Equal("from", Assert.Single(change.From).Pods[0].Id.Name);

        Connectivity Admitting(params string[] blocks) => Connectivity.Of(Compiled.Compile(new([new("shop", Labels.None, pods,
            [new(new("shop", "web"), Selector.Of(("app", "web")), Ingress: [new([.. blocks.Select(b => new Peer.Network(Cidr.Parse(b), []))], [])], Egress: null)])], [])));
    }

    private static FlowDecision Decide(Compiled compiled, PodId from, PodId to, Protocol protocol, int port) =>
        compiled.Decide(new(compiled.At(from)!, compiled.At(to)!, protocol, port));

    private static bool Over(FlowDecision decision, IpFamily? family) => family is null ? decision.IsAllowed : (decision.AllowedOver & family.AsSet()) != 0;

    private static Comparer<PodId> Names { get; } = Comparer<PodId>.Create((l, r) => string.CompareOrdinal($"{l}", $"{r}"));

    private static Dictionary<PodId, Pod> Governed(Compiled compiled) => compiled.Snapshot.Pods.Where(p => !p.UsesHostNetwork).ToDictionary(p => p.Id);
}
