using Podwall.Policy.Reporting;

namespace Podwall.Policy.Comparing;

/// <summary>Finds one flow of a change, and everything in the policies that made its flows end otherwise.</summary>
internal sealed class Causes(Connectivity before, Connectivity after)
{
    // Where a whole range opens, the port that people know is the better example.
    private static readonly ushort[] Familiar = [443, 80, 5432, 8080, 53];

    // Of a path between thousands of classes, this many pairs of them are asked for their causes.
    private const int MostPairs = 50_000;

    private readonly Dictionary<PodId, PodClass> was = ByPod(before);
    private readonly Dictionary<PodId, PodClass> now = ByPod(after);

    public PathChange OfOpened(PathEnd from, PathEnd to, Traffic traffic, IpFamily? onlyOver) => new(from, to, traffic, onlyOver)
    {
        Example = Example(after.Compiled, from, to, traffic),
        Causes = Of(from, to, (earlier, later, direction) =>
        {
            var denied = traffic.Except(Let(earlier, direction, onlyOver));
            return denied.IsNone ? null : new(direction, Rules(later, direction, denied, onlyOver), earlier.Subject(direction).IsolatedBy(direction));
        }),
    };

    public PathChange OfClosed(PathEnd from, PathEnd to, Traffic traffic, IpFamily? onlyOver) => new(from, to, traffic, onlyOver)
    {
        Example = Example(before.Compiled, from, to, traffic),
        Causes = Of(from, to, (_, later, direction) =>
            traffic.Except(Let(later, direction, onlyOver)).IsNone ? null : new(direction, [], Edited(later.Subject(direction).IsolatedBy(direction)))),
    };

    /// <summary>A path to or from a pod that is new: the rules of both ends that let it through.</summary>
    public PathChange OfNew(PathEnd from, PathEnd to, Traffic traffic) => new(from, to, traffic, null)
    {
        Example = Example(after.Compiled, from, to, traffic),
        Causes = Of(from, to, (_, later, direction) =>
            Rules(later, direction, traffic, null) is { Count: > 0 } rules ? new(direction, rules, later.Subject(direction).IsolatedBy(direction)) : null),
    };

    private static Dictionary<PodId, PodClass> ByPod(Connectivity connectivity) =>
        connectivity.Classes.SelectMany(c => c.Pods.Select(p => (p.Id, Class: c))).ToDictionary(p => p.Id, p => p.Class);

    /// <summary>The two ends of a path in one of the states; of addresses outside, one stands for all of <see cref="Outside"/>.</summary>
    private readonly record struct Ends(Endpoint From, Endpoint To, AddressSet Outside)
    {
        public Endpoint Subject(Direction direction) => direction == Direction.Egress ? From : To;

        public Endpoint Peer(Direction direction) => direction == Direction.Egress ? To : From;
    }

    // Of each direction what holds for any of the pairs, apart where rules let through and where nothing isolates any more.
    private ValueList<ChangeCause> Of(PathEnd source, PathEnd target, Func<Ends, Ends, Direction, ChangeCause?> cause)
    {
        var pairs = Pairs(source, target).Take(MostPairs).ToArray();
        return
        [
            .. from direction in Both
               from found in pairs.Select(p => cause(p.Was, p.Now, direction)).OfType<ChangeCause>().GroupBy(c => c.Rules.Count > 0)
               select new ChangeCause(direction, [.. found.SelectMany(c => c.Rules).Distinct()], [.. found.SelectMany(c => c.Isolating).Distinct()]),
        ];
    }

    // Pods of one class fare alike, so that one of each stands for all.
    private IEnumerable<(Ends Was, Ends Now)> Pairs(PathEnd from, PathEnd to)
    {
        var (targets, outside) = (Each(to).ToArray(), from.IsOutside ? from.Addresses : to.Addresses);
        foreach (var source in Each(from))
            foreach (var target in targets)
                if (source.Pod is not { StandsForReplicas: false } pod || pod.Id != target.Pod?.Id)
                    yield return (new(source.Was, target.Was, outside), new(source.Now, target.Now, outside));
                else if (to.Pods.FirstOrDefault(p => p.Id != pod.Id && ClassOf(p) == ClassOf(pod)) is { } like)
                    yield return (new(source.Was, End(before.Compiled, like, to), outside), new(source.Now, End(after.Compiled, like, to), outside));
    }

    private IEnumerable<(Pod? Pod, Endpoint Was, Endpoint Now)> Each(PathEnd end) =>
        (end.IsOutside ? [null] : end.Pods.DistinctBy(ClassOf).Select(p => (Pod?)p)).Select(p => (p, End(before.Compiled, p, end), End(after.Compiled, p, end)));

    private (PodClass? Was, PodClass? Now) ClassOf(Pod pod) => (was.GetValueOrDefault(pod.Id), now.GetValueOrDefault(pod.Id));

    // What one direction lets through, over each of the families that are meant.
    private static Traffic Let(Ends ends, Direction direction, IpFamily? onlyOver) => ends.Subject(direction).Group?.SideOf(direction) is null ? Traffic.Everything : IpFamily.Both
        .Where(f => onlyOver is null ? (ends.From.Families & ends.To.Families & f.AsSet()) != 0 : f == onlyOver)
        .Aggregate(Traffic.Everything, (let, f) => let.Intersect(FlowQuestions.Side(direction, ends.Subject(direction), ends.Peer(direction), f.AsSet())));

    private static ValueList<RuleId> Rules(Ends ends, Direction direction, Traffic within, IpFamily? onlyOver) => [.. ends.Outside.IsEmpty
        ? FlowQuestions.RulesBetween(ends.From, ends.To, direction, within, onlyOver?.AsSet() ?? IpFamilies.Both)
        : FlowQuestions.RulesBetween(ends.Subject(direction), ends.Outside, direction, within)];

    // An address for documentation says that it is any one.
    private static readonly Address[] Anywhere = [Address.Parse("198.51.100.7"), Address.Parse("2001:db8::7")];

    private static Direction[] Both { get; } = [Direction.Egress, Direction.Ingress];

    // Of many that isolate a pod, those that the change is about.
    private ValueList<PolicyId> Edited(ValueList<PolicyId> isolating) =>
        isolating.Where(id => !Equals(before.Compiled.Snapshot.Find(id), after.Compiled.Snapshot.Find(id))).ToValueList() is { Count: > 0 } edited ? edited : isolating;

    private static Flow Example(Compiled compiled, PathEnd from, PathEnd to, Traffic traffic)
    {
        // A pod and itself are no example.
        var target = First(to.Pods, null);
        var source = First(from.Pods, target);
        target = source == target ? First(to.Pods, source) : target;
        var (protocol, port) = OneOf(traffic);
        return new(End(compiled, source, from), End(compiled, target, to), protocol, port);
    }

    private static Endpoint End(Compiled compiled, Pod? pod, PathEnd end) => pod is null ? compiled.At(AnyOf(end.Addresses)) : compiled.At(pod.Id)!;

    private static Pod? First(ValueList<Pod> pods, Pod? besides)
    {
        foreach (var pod in pods)
            if (pod.Id != besides?.Id)
                return pod;
        return pods.Count > 0 ? pods[0] : null;
    }

    internal static Address AnyOf(AddressSet addresses) => Anywhere.FirstOrDefault(addresses.Contains, addresses.Ranges.First().First);

    internal static (Protocol Protocol, int Port) OneOf(Traffic traffic)
    {
        foreach (var protocol in ProtocolNames.WithPorts)
            if (traffic.Of(protocol) is { IsEmpty: false } ports)
                return (protocol, ports.Count > 1 && Array.Find(Familiar, f => ports.Contains(f)) is > 0 and var known ? known : ports.Ranges.First().First);
        return (Protocol.Icmp, 0);
    }
}
