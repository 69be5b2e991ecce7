using Podwall.Policy.Reporting;

namespace Podwall.Policy.Comparing;

/// <summary>Finds one flow of a change, and what in the policies made it end otherwise.</summary>
internal sealed class Causes(Compiled before, Compiled after)
{
    // Where a whole range opens, the port that people know is the better example.
    private static readonly ushort[] Familiar = [443, 80, 5432, 8080, 53];

    public PathChange OfOpened(PathEnd from, PathEnd to, Traffic traffic, IpFamily? onlyOver)
    {
        var (now, was) = (Example(after, from, to, traffic), Example(before, from, to, traffic));
        var (decided, earlier) = (after.Decide(now), before.Decide(was));
        return new(from, to, traffic, onlyOver)
        {
            Example = now,
            Causes = [.. Both.Where(d => !Side(earlier, d).IsAllowed && Side(decided, d).IsAllowed)
                .Select(d => new ChangeCause(d, [.. decided.Allowing(now, d)], IsolatedBy(was, d)))],
        };
    }

    public PathChange OfClosed(PathEnd from, PathEnd to, Traffic traffic, IpFamily? onlyOver)
    {
        var (now, was) = (Example(after, from, to, traffic), Example(before, from, to, traffic));
        var (decided, earlier) = (after.Decide(now), before.Decide(was));
        return new(from, to, traffic, onlyOver)
        {
            Example = was,
            Causes = [.. Both.Where(d => Side(earlier, d).IsAllowed && !Side(decided, d).IsAllowed).Select(d => new ChangeCause(d, [], Edited(IsolatedBy(now, d))))],
        };
    }

    /// <summary>A path to or from a pod that is new: the rules of the other end that let it through.</summary>
    public PathChange OfNew(PathEnd from, PathEnd to, Traffic traffic)
    {
        var now = Example(after, from, to, traffic);
        var decided = after.Decide(now);
        return new(from, to, traffic, null)
        {
            Example = now,
            Causes = [.. Both.Where(d => Side(decided, d).Why is Reason.Matched).Select(d => new ChangeCause(d, [.. decided.Allowing(now, d)], IsolatedBy(now, d)))],
        };
    }

    // An address for documentation says that it is any one.
    private static readonly Address[] Anywhere = [Address.Parse("198.51.100.7"), Address.Parse("2001:db8::7")];

    private static Direction[] Both { get; } = [Direction.Egress, Direction.Ingress];

    private static Decision Side(in FlowDecision decision, Direction direction) => direction == Direction.Egress ? decision.Egress : decision.Ingress;

    private static ValueList<PolicyId> IsolatedBy(in Flow flow, Direction direction) => (direction == Direction.Egress ? flow.From : flow.To).IsolatedBy(direction);

    // Of many that isolate a pod, those that the change is about.
    private ValueList<PolicyId> Edited(ValueList<PolicyId> isolating) =>
        isolating.Where(id => !Equals(before.Snapshot.Find(id), after.Snapshot.Find(id))).ToValueList() is { Count: > 0 } edited ? edited : isolating;

    private static Flow Example(Compiled compiled, PathEnd from, PathEnd to, Traffic traffic)
    {
        // A pod and itself are no example.
        var target = First(to.Pods, null);
        var source = First(from.Pods, target);
        target = source == target ? First(to.Pods, source) : target;
        var (protocol, port) = OneOf(traffic);
        return new(End(source, from), End(target, to), protocol, port);

        Endpoint End(Pod? pod, PathEnd end) => pod is null ? compiled.At(AnyOf(end.Addresses)) : compiled.At(pod.Id)!;
    }

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
