using CsCheck;
using Podwall.Policy;

namespace Podwall.Tests.Policy;

public sealed class PodClassTests
{
    [Fact]
    public void Values_that_no_selector_names_are_one()
    {
        var block = new NamespaceBlock("shop", Labels.None,
            [.. Enumerable.Range(0, 20).Select(i => new Pod(new("shop", $"p{i}"), Labels.Of(("app", $"a{i}"), ("tier", "web"))))],
            [new(new("shop", "only-a0"), Selector.Of(("app", "a0")), Ingress: [], Egress: null)]);

        var classes = ClassesOf(block);

        Assert.Equal(["a0", "a1 and others"], classes.Select(c => c.Pods.Count == 1 ? c.Pods[0].Labels["app"] : $"{c.Pods[0].Labels["app"]} and others"));
        Assert.Equal(["app=a0", ""], classes.Select(c => c.RelevantLabels.ToString()));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void Another_value_is_none_unless_presence_is_asked(bool isPresenceAsked, int count)
    {
        Pod[] pods = [new(new("shop", "other"), Labels.Of(("app", "web"))), new(new("shop", "none"), Labels.None)];
        Requirement asked = isPresenceAsked ? new Requirement.Present("app") : new Requirement.NoneOf("app", ["db"]);
        var block = new NamespaceBlock("shop", Labels.None, pods, [new(new("shop", "asks"), Selector.Of([asked]), Ingress: [], Egress: null)]);

        var classes = ClassesOf(block);

        Assert.Equal(count, classes.Count);
        Assert.DoesNotContain(classes, c => c.RelevantLabels.Any(l => l.Value != "web"));
    }

    [Fact]
    public void What_other_namespaces_ask_makes_classes_until_they_ask_no_more()
    {
        var shop = new NamespaceBlock("shop", Labels.None, [.. new[] { "a", "b", "c" }.Select(v => new Pod(new("shop", v), Labels.Of(("app", v))))], []);
        var without = Compiled.Compile(new([shop, Asking()], []));
        var with = without.Update(without.Snapshot.With(Asking("a")));

        Assert.Single(Shop(without));
        Assert.Equal(2, Shop(with).Length);
        Assert.Equal(3, Shop(with.Update(with.Snapshot.With(Asking("a", "b")))).Length);
        Assert.Single(Shop(with.Update(with.Snapshot.With(Asking()))));

        static PodClass[] Shop(Compiled compiled) => [.. Connectivity.Of(compiled).Classes.Where(c => c.Namespace == "shop")];

        static NamespaceBlock Asking(params string[] apps) => new("asking", Labels.None, [], [.. apps.Select(app => new NetworkPolicy(new("asking", app), Selector.Everything,
            Ingress: [new([new Peer.PodsIn(Selector.Everything, Selector.Of(("app", app)))], [])], Egress: null))]);
    }

    [Fact]
    public void Classes_of_a_namespace_are_told_apart_by_something_that_policies_name() => Gen.Int[0, int.MaxValue - 1].Sample(seed =>
    {
        var snapshot = new RandomCluster(seed).Snapshot();
        var compiled = Compiled.Compile(snapshot);
        foreach (var block in Connectivity.Of(compiled).Classes.Where(c => compiled.At(c.Pods[0]).Rivals.Length == 0).GroupBy(c => c.Namespace))
            foreach (var one in block)
                foreach (var other in block.Where(c => c != one))
                    Assert.True(AreToldApart(compiled, one.Pods[0], other.Pods[0]), $"{one} and {other}");
    }, iter: Effort.Times(500));

    private static bool AreToldApart(Compiled compiled, Pod one, Pod other)
    {
        var policies = compiled.Snapshot.Namespaces.SelectMany(n => n.Policies).ToArray();
        var rules = policies.SelectMany(p => (p.Ingress ?? []).Concat(p.Egress ?? []).Select(r => (Policy: p, Rule: r))).ToArray();
        var selectors = policies.Where(p => p.Id.Namespace == one.Namespace).Select(p => p.Subject).Concat(rules.SelectMany(r => r.Rule.Peers.Select(p => p switch
        {
            Peer.PodsHere(var pods) when r.Policy.Id.Namespace == one.Namespace => pods,
            Peer.PodsIn(_, var pods) => pods,
            _ => Selector.Everything,
        })));
        var names = rules.SelectMany(r => r.Rule.Ports).OfType<PortMatch.Named>().Select(n => n.Name).ToHashSet();
        // A terminating pod may have lost an address to one that stays.
        var (here, there) = (compiled.At(one).Addresses, compiled.At(other).Addresses);
        return selectors.SelectMany(s => s.Requirements).Any(r => Sees(r, one) != Sees(r, other))
            || !Named(one).SetEquals(Named(other))
            || (here != there && (FamiliesOf(here) != FamiliesOf(there) || rules.Any(r => r.Rule.Peers.OfType<Peer.Network>().Any())));

        HashSet<ContainerPort> Named(Pod pod) => [.. pod.Ports.Where(p => p.Name is not null && names.Contains(p.Name))];
    }

    // Of a value a term sees which of those that it names it is, if any.
    private static string? Sees(Requirement requirement, Pod pod) => requirement switch
    {
        Requirement.OneOf(var key, var values) => values.FirstOrDefault(v => v == pod.Labels[key]),
        Requirement.NoneOf(var key, var values) => values.FirstOrDefault(v => v == pod.Labels[key]),
        _ => $"{requirement.Holds(pod.Labels)}",
    };

    private static (bool V4, bool V6) FamiliesOf(ValueList<Address> addresses) => addresses.Count == 0 ? (true, true)
        : (addresses.Any(a => a.Family == IpFamily.V4), addresses.Any(a => a.Family == IpFamily.V6));

    private static IReadOnlyList<PodClass> ClassesOf(NamespaceBlock block) => Connectivity.Of(Compiled.Compile(new([block], []))).Classes;
}
