using CsCheck;
using Podwall.Policy;
using Podwall.Policy.Comparing;
using Podwall.Policy.Reporting;

namespace Podwall.Tests.Policy;

/// <summary>Held against <see cref="BruteForce"/>: every flow between pods of both states is opened, closed, undecided or the same.</summary>
public sealed class PolicyDiffTests
{
    private static readonly ushort[] Ports = [53, 80, 81, 443, 8080, 65535];
    private static readonly (Protocol Protocol, int Port)[] Packets =
        [(Protocol.Icmp, 0), .. ProtocolNames.WithPorts.AsSpan().ToArray().SelectMany(p => Ports.Select(n => (p, (int)n)))];

    [Fact]
    public void Every_flow_that_ends_otherwise_is_in_the_report_and_no_other() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var (before, after) = Pair(seed, knowsEverything: true);
        var diff = PolicyDiff.Between(Compiled.Compile(before), Compiled.Compile(after));
        Assert.Empty(diff.Undecided);
        foreach (var (from, to, protocol, port, family) in Flows(before, after))
        {
            var (was, now) = (Allows(before, from, to, family, protocol, port), Allows(after, from, to, family, protocol, port));
            Assert.Equal(now && !was, Holds(diff.Opened, from, to, protocol, port, family));
            Assert.Equal(was && !now, Holds(diff.Closed, from, to, protocol, port, family));
        }
    }, iter: Effort.Times(300));

    [Fact]
    public void Every_rule_that_opens_some_of_a_path_is_named_and_every_policy_that_closes_some() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var (before, after) = Pair(seed, knowsEverything: true);
        var (was, now) = (Compiled.Compile(before), Compiled.Compile(after));
        var diff = PolicyDiff.Between(was, now);
        foreach (var path in diff.Opened.Concat(diff.Closed))
            foreach (var (earlier, later) in Decided(path))
                foreach (var (direction, denied, allowed) in Sides(earlier.Decision, later.Decision))
                {
                    var causes = path.Causes.Where(c => c.Direction == direction).ToArray();
                    var rules = later.Decision.Allowing(later.Flow, direction);
                    if (denied && rules.Count > 0)
                        Assert.Subset(causes.SelectMany(c => c.Rules).ToHashSet(), rules.ToHashSet());
                    else if (denied)
                        Assert.Contains(causes, c => c.Rules.Count == 0 && c.Isolating.Count > 0);
                    if (allowed)
                        Assert.Contains(causes, c => c.Rules.Count == 0 && c.Isolating.Count > 0);
                }

        // The same flow in both states, where families fare alike.
        IEnumerable<((Flow Flow, FlowDecision Decision) Earlier, (Flow Flow, FlowDecision Decision) Later)> Decided(PathChange path) =>
            from source in path.From.Pods
            from target in path.To.Pods
            where source.Id != target.Id
            from packet in Packets
            where path.Traffic.Contains(packet.Protocol, packet.Port)
            let earlier = new Flow(was.At(source.Id)!, was.At(target.Id)!, packet.Protocol, packet.Port)
            let later = new Flow(now.At(source.Id)!, now.At(target.Id)!, packet.Protocol, packet.Port)
            let decisions = (Earlier: was.Decide(earlier), Later: now.Decide(later))
            where !decisions.Earlier.FamiliesDiffer && !decisions.Later.FamiliesDiffer
            select ((earlier, decisions.Earlier), (later, decisions.Later));

        static IEnumerable<(Direction, bool Opens, bool Closes)> Sides(FlowDecision earlier, FlowDecision later) =>
        [
            (Direction.Egress, !earlier.Egress.IsAllowed && later.IsAllowed, earlier.IsAllowed && !later.Egress.IsAllowed),
            (Direction.Ingress, !earlier.Ingress.IsAllowed && later.IsAllowed, earlier.IsAllowed && !later.Ingress.IsAllowed),
        ];
    }, iter: Effort.Times(100));

    [Fact]
    public void What_is_decided_holds_whatever_the_missing_facts_are() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new Random(seed);
        var (before, after) = Pair(seed, knowsEverything: false);
        var diff = PolicyDiff.Between(Compiled.Compile(before), Compiled.Compile(after));
        for (var world = 0; world < 4; world++)
        {
            // One way the world could be: labels and addresses for all that has none here, the same on both sides.
            var filled = Filled(random);
            var (was, now) = (filled(before), filled(after));
            foreach (var (from, to, protocol, port, family) in Flows(was, now))
            {
                var (allowed, allows) = (Allows(was, from, to, family, protocol, port), Allows(now, from, to, family, protocol, port));
                var mayOpen = diff.Undecided.Any(u => Meets(u.From, u.To, from, to) && u.MayOpen.Contains(protocol, port));
                var mayClose = diff.Undecided.Any(u => Meets(u.From, u.To, from, to) && u.MayClose.Contains(protocol, port));
                if (!mayOpen)
                    Assert.Equal(allows && !allowed, Holds(diff.Opened, from, to, protocol, port, family));
                if (!mayClose)
                    Assert.Equal(allowed && !allows, Holds(diff.Closed, from, to, protocol, port, family));
            }
        }
    }, iter: Effort.Times(150));

    [Fact]
    public void What_means_the_same_means_it_for_pods_that_come_later() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var (before, after) = OneSided(seed);
        var diff = PolicyDiff.Between(Compiled.Compile(before), Compiled.Compile(after));
        if (!diff.TriedEveryFuture || diff.Opened.Count + diff.Closed.Count + diff.FutureOpened.Count + diff.FutureClosed.Count > 0)
            return;
        var random = new RandomCluster(seed + 1);
        for (var round = 0; round < 6; round++)
        {
            var newcomer = random.Pod($"n{round % 3}", "newcomer") with { UsesHostNetwork = false, IsTerminating = false, Addresses = [] };
            // Its namespace may be one that only one side speaks of, or neither.
            var labels = (before.Find(newcomer.Namespace) ?? after.Find(newcomer.Namespace) ?? random.Namespace(newcomer.Namespace)).Labels;
            var (was, now) = (With(before, newcomer, labels), With(after, newcomer, labels));
            foreach (var (from, to, protocol, port, family) in Flows(was, now).Where(f => f.From == newcomer.Id || f.To == newcomer.Id))
                Assert.Equal(Allows(was, from, to, family, protocol, port), Allows(now, from, to, family, protocol, port));
        }
    }, iter: Effort.Times(600));

    [Fact]
    public void Two_sets_of_policies_are_held_against_each_other_in_all_that_either_knows_of_the_cluster() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var random = new Random(seed);
        var (left, right) = Pair(seed, knowsEverything: true);
        var (one, other) = (Part(left), Part(right));
        var diff = PolicyDiff.Between(Compiled.Compile(Borrowing.With(one, other)), Compiled.Compile(Borrowing.With(other, one)));
        Assert.Empty(diff.NewPods.Concat(diff.GonePods));
        Assert.Empty(diff.Undecided);
        var (was, now) = (World(one.Policies), World(other.Policies));
        foreach (var (from, to, protocol, port, family) in Flows(was, now))
        {
            var (allowed, allows) = (Allows(was, from, to, family, protocol, port), Allows(now, from, to, family, protocol, port));
            Assert.Equal(allows && !allowed, Holds(diff.Opened, from, to, protocol, port, family));
            Assert.Equal(allowed && !allows, Holds(diff.Closed, from, to, protocol, port, family));
        }

        // A side holds its policies, and of namespaces and pods what its files happen to have.
        Snapshot Part(Snapshot whole) => new(whole.Namespaces.Where(n => n.Policies.Count > 0 || random.Next(3) > 0).Select(n =>
            random.Next(2) == 0 ? n.With(pods: n.Pods.Where(_ => random.Next(3) > 0)) : new NamespaceBlock(n.Name, Labels.None, [], n.Policies) { IsDeclared = false }), []);

        Snapshot World(IEnumerable<NetworkPolicy> policies) => new(left.Namespaces.Where(n => one.Find(n.Name) is not null || other.Find(n.Name) is not null).Select(n => new NamespaceBlock(
            n.Name,
            new[] { one, other }.Any(s => s.Find(n.Name) is { IsDeclared: true }) ? n.Labels : Labels.None,
            n.Pods.Where(p => one.Find(p.Id) is not null || other.Find(p.Id) is not null),
            policies.Where(p => p.Id.Namespace == n.Name))), []);
    }, iter: Effort.Times(300));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_default_deny_that_goes_or_comes_without_pods_matters_to_those_that_come(bool goes)
    {
        Snapshot denying = new([new("shop", Labels.None, [], [new(new("shop", "default-deny"), Selector.Everything, [], [])]) { IsDeclared = false }], []);
        var (before, after) = goes ? (denying, Snapshot.Empty) : (Snapshot.Empty, denying);

        var diff = PolicyDiff.Between(Compiled.Compile(before), Compiled.Compile(after));

        Assert.Equal((false, EditReach.FuturePods), (diff.IsSameMeaning, diff.Policies[0].Reach));
        Assert.Equal((goes, !goes), (diff.FutureOpened.Count > 0, diff.FutureClosed.Count > 0));
    }

    [Fact]
    public void A_namespace_that_gets_the_label_a_rule_asks_for_matters_before_it_has_pods()
    {
        NetworkPolicy web = Web([new Peer.PodsIn(Selector.Of(("team", "a")), Selector.Everything)]);

        var diff = PolicyDiff.Between(Labelled("b"), Labelled("a"));

        Assert.Equal("a new pod without labels in empty", $"{Assert.Single(Assert.Single(diff.FutureOpened, f => f.To.Pods.Count > 0).From.Future)}");
        Assert.Empty(diff.FutureClosed);

        Compiled Labelled(string team) => Compiled.Compile(new([new("shop", Labels.None, [new(new("shop", "web"), Labels.Of(("app", "web")))], [web]), new("empty", Labels.Of(("team", team)), [], [])], []));
    }

    [Fact]
    public void A_policy_that_is_written_otherwise_and_means_the_same_is_told_so()
    {
        NetworkPolicy[] joined = [new(new("shop", "web"), Selector.Of(("app", "web")), [new([Here("a"), Here("b")], [Tcp(80)])], null)];
        NetworkPolicy[] split = [new(new("shop", "web"), Selector.Of(("app", "web")), [new([Here("b")], [Tcp(80)]), new([Here("a")], [Tcp(80)])], null)];

        var change = Assert.Single(Between(joined, split).Policies);

        Assert.Equal((PolicyEdit.Edited, EditReach.Nothing), (change.Edit, change.Reach));
    }

    [Fact]
    public void A_policy_that_comes_with_its_pods_matters_to_them()
    {
        var after = Compiled.Compile(new([new("shop", Labels.None, [new(new("shop", "web"), Labels.Of(("app", "web")))], [Web([Here("a")])])], []));

        var diff = PolicyDiff.Between(Compiled.Compile(Snapshot.Empty), after);

        Assert.Equal((PolicyEdit.Added, EditReach.Traffic), (diff.Policies[0].Edit, diff.Policies[0].Reach));
    }

    [Fact]
    public void A_selector_that_no_pod_matches_yet_is_told_apart()
    {
        NetworkPolicy[] one = [new(new("shop", "web"), Selector.Of(("app", "web")), [new([Here("a")], [Tcp(80)])], null)];
        NetworkPolicy[] two = [new(new("shop", "web"), Selector.Of(("app", "web")), [new([Here("a"), Here("later")], [Tcp(80)])], null)];

        var diff = Between(one, two);

        Assert.Empty(diff.Opened);
        var future = Assert.Single(diff.FutureOpened);
        Assert.Equal("a new pod with app: later in shop", $"{Assert.Single(future.From.Future)}");
        Assert.Equal((Traffic.Of(Protocol.Tcp, PortSet.Of(80)), EditReach.FuturePods), (future.Traffic, diff.Policies[0].Reach));
    }

    [Fact]
    public void A_selector_of_namespaces_lets_in_those_that_come_later()
    {
        var diff = Between([Web([Here("a")])], [Web([Here("a"), new Peer.PodsIn(Selector.Everything, Selector.Of(("app", "a")))])]);

        Assert.Empty(diff.Opened);
        Assert.Equal("a new pod with app: a in a new namespace", $"{Assert.Single(Assert.Single(diff.FutureOpened).From.Future)}");
    }

    [Fact]
    public void Without_the_labels_of_a_namespace_nothing_is_guessed()
    {
        Peer team = new Peer.PodsIn(Selector.Of(("team", "a")), Selector.Everything);
        var diff = Between([Web([Here("a")])], [Web([Here("a"), team])], new NamespaceBlock("other", Labels.None, [new(new("other", "client"), Labels.None) { Addresses = [Address.Parse("10.0.0.9")] }], []) { IsDeclared = false });

        Assert.Empty(diff.Opened);
        var open = Assert.Single(diff.Undecided);
        Assert.Equal(("namespace other has no labels here", Traffic.Of(Protocol.Tcp, PortSet.Of(80))), (Assert.Single(open.Missing), open.MayOpen));
    }

    [Fact]
    public void A_pod_of_today_stands_for_those_to_come_that_are_like_it_and_others_are_described()
    {
        // Nobody of today has the label; who comes is denied by those that there are and by those that come.
        var diff = Between([Web([])], [Web([]), new(new("shop", "later"), Selector.Of(("app", "later")), [], null)]);
        var closed = diff.FutureClosed.First(c => c.From.Pods.Count > 0);
        Assert.Equal(["shop/a", "shop/b", "shop/web"], closed.From.Pods.Select(p => $"{p.Id}"));
        Assert.Equal("a new pod with app: later in shop", $"{Assert.Single(closed.To.Future)}");
        Assert.All(diff.FutureClosed.SelectMany(c => new[] { c.From, c.To }), e => Assert.DoesNotContain(e.Pods, Futures.IsFuture));
    }

    private static PolicyDiff Between(NetworkPolicy[] before, NetworkPolicy[] after, params NamespaceBlock[] others)
    {
        Pod[] pods = [Pod("web", "10.0.0.1"), Pod("a", "10.0.0.2"), Pod("b", "10.0.0.3")];
        return PolicyDiff.Between(Compile(before), Compile(after));

        static Pod Pod(string app, string address) => new(new("shop", app), Labels.Of(("app", app))) { Addresses = [Address.Parse(address)] };

        Compiled Compile(NetworkPolicy[] policies) => Compiled.Compile(new([new("shop", Labels.None, pods, policies), .. others], []));
    }

    private static NetworkPolicy Web(ValueList<Peer> peers) => new(new("shop", "web"), Selector.Of(("app", "web")), [new(peers, [Tcp(80)])], null);

    private static Peer.PodsHere Here(string app) => new(Selector.Of(("app", app)));

    private static PortMatch.Numbered Tcp(ushort port) => new(Protocol.Tcp, new(port, port));

    /// <summary>Two states of a cluster: the pods are the same, policies differ.</summary>
    private static (Snapshot Before, Snapshot After) Pair(int seed, bool knowsEverything)
    {
        var random = new RandomCluster(seed);
        var known = new Random(seed);
        Snapshot before = new(random.Snapshot().Namespaces.Select(n => new NamespaceBlock(n.Name, n.Labels, n.Pods.Select(Known), n.Policies) { IsDeclared = knowsEverything || known.Next(2) == 0 }), []);
        var target = before.Namespaces[known.Next(before.Namespaces.Count)];
        var policies = target.Policies.Where(_ => known.Next(3) > 0).Concat(known.Next(2) == 0 ? [random.Policy(target.Name, "np9")] : []).ToArray();
        return (before, before.With(target.With(policies: policies)));

        // Pods do not contend for an address here.
        Pod Known(Pod pod, int index) => pod with
        {
            UsesHostNetwork = false,
            IsTerminating = false,
            Node = null,
            Addresses = !knowsEverything && known.Next(3) == 0 ? [] : [Address.Parse($"10.0.{pod.Namespace[1..]}.{index + 1}"), Address.Parse($"fd00::{pod.Namespace[1..]}:{index + 1:x}")],
        };
    }

    private static Func<Snapshot, Snapshot> Filled(Random random)
    {
        var salt = random.Next();
        return snapshot => new(snapshot.Namespaces.Select(n => new NamespaceBlock(n.Name, n.IsDeclared ? n.Labels : LabelsOf(n.Name), n.Pods.Select(p => p.Addresses.Count > 0 ? p : p with { Addresses = AddressesOf(p) }), n.Policies)), []);

        Labels LabelsOf(string name)
        {
            var r = new Random(salt ^ name[1]);
            return Labels.Of(new[] { "app", "tier" }.Where(_ => r.Next(3) > 0).Select(k => (k, new[] { "a", "b", "", "other" }[r.Next(4)])));
        }

        ValueList<Address> AddressesOf(Pod pod)
        {
            var r = new Random(salt ^ (pod.Namespace[1] * 16 + pod.Id.Name[1]));
            return [Address.Parse($"10.0.{r.Next(4)}.{100 + pod.Namespace[1] % 3 * 16 + pod.Id.Name[1] % 16}"), Address.Parse($"fd00::{r.Next(4)}:{100 + pod.Namespace[1] % 3 * 16 + pod.Id.Name[1] % 16:x}")];
        }
    }

    /// <summary>A pair of which some namespaces are in one of the two only.</summary>
    private static (Snapshot Before, Snapshot After) OneSided(int seed)
    {
        var (before, after) = Pair(seed, knowsEverything: true);
        return (Without(before, seed % 5), Without(after, seed % 7));

        static Snapshot Without(Snapshot snapshot, int number) => snapshot.WithBlocks(new Dictionary<string, NamespaceBlock?> { [$"n{number}"] = null });
    }

    private static Snapshot With(Snapshot snapshot, Pod pod, Labels labels) =>
        snapshot.Find(pod.Namespace) is { } block ? snapshot.With(block.With(pods: block.Pods.Append(pod))) : snapshot.With(new(pod.Namespace, labels, [pod], []));

    private static IEnumerable<(PodId From, PodId To, Protocol Protocol, int Port, IpFamily Family)> Flows(Snapshot before, Snapshot after) =>
        from f in before.Pods
        where after.Find(f.Id) is not null
        from t in before.Pods
        where t.Id != f.Id && after.Find(t.Id) is not null
        from packet in Packets
        from family in IpFamily.Both
        select (f.Id, t.Id, packet.Protocol, packet.Port, family);

    private static bool Allows(Snapshot snapshot, PodId from, PodId to, IpFamily family, Protocol protocol, int port)
    {
        return BruteForce.Allows(End(from), End(to), family, protocol, port);

        BruteForce.End End(PodId id) => snapshot.Find(id)! is var pod ? new(snapshot, pod, null, pod.AddressOf(family)) : throw new InvalidOperationException();
    }

    private static bool Holds(ValueList<PathChange> changes, PodId from, PodId to, Protocol protocol, int port, IpFamily family) =>
        changes.Any(c => (c.OnlyOver is null || c.OnlyOver == family) && Meets(c.From, c.To, from, to) && c.Traffic.Contains(protocol, port));

    private static bool Meets(PathEnd source, PathEnd target, PodId from, PodId to) => source.Pods.Any(p => p.Id == from) && target.Pods.Any(p => p.Id == to);
}
