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
                var change = diff.Changes.SingleOrDefault(c => c.To.Pods.Any(p => p.Id == to) && c.From.Any(f => f.Pods.Any(p => p.Id == from)));
                foreach (var (protocol, port) in Packets)
                {
                    var was = before.Decide(new(before.At(from)!, before.At(to)!, protocol, port)).IsAllowed;
                    var now = after.Decide(new(after.At(from)!, after.At(to)!, protocol, port)).IsAllowed;
                    Assert.Equal(now && !was, change?.Added.Contains(protocol, port) ?? false);
                    Assert.Equal(was && !now, change?.Removed.Contains(protocol, port) ?? false);
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

    private static Comparer<PodId> Names { get; } = Comparer<PodId>.Create((l, r) => string.CompareOrdinal($"{l}", $"{r}"));

    private static Dictionary<PodId, Pod> Governed(Compiled compiled) => compiled.Snapshot.Pods.Where(p => !p.UsesHostNetwork).ToDictionary(p => p.Id);
}
