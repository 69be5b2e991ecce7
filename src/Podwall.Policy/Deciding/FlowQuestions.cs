namespace Podwall.Policy;

/// <summary>Questions about two ends that take more than the first rule that matches.</summary>
public static class FlowQuestions
{
    /// <summary>Every rule that lets the flow through in a direction, in the family that decided; none where none was needed.</summary>
    public static IReadOnlyList<RuleId> Allowing(this in FlowDecision decision, in Flow flow, Direction direction)
    {
        var why = direction == Direction.Egress ? decision.Egress.Why : decision.Ingress.Why;
        if (why is not Reason.Matched)
            return [];
        var (subject, peer) = direction == Direction.Egress ? (flow.From, flow.To) : (flow.To, flow.From);
        var packet = Packet.Of(direction, subject, peer, decision.DecidedIn, flow.Protocol, flow.Port);
        List<RuleId> rules = [];
        foreach (var rule in subject.Group!.SideOf(direction)?.Rules ?? [])
            if (rule.Lets(packet))
                rules.Add(rule.Id);
        return rules;
    }

    /// <summary>The rules of one end that let some of this traffic through, over any of the families; none where no policy isolates it.</summary>
    public static IEnumerable<RuleId> RulesBetween(Endpoint from, Endpoint to, Direction direction, Traffic within, IpFamilies over = IpFamilies.Both)
    {
        var (subject, peer) = direction == Direction.Egress ? (from, to) : (to, from);
        foreach (var rule in subject.Group?.SideOf(direction)?.Rules ?? [])
        {
            var bySelector = rule.AnyPeer || rule.SelectsPod(peer.Group);
            var byBlock = !bySelector && IpFamily.Both.Any(f => (from.Families & to.Families & over & f.AsSet()) != 0 && rule.Holds(peer.AddressIn(f.AsSet()), f.AsSet()));
            var traffic = bySelector ? rule.TrafficTo(to.Group) : byBlock ? rule.TrafficToAddress(subject.Group!) : Traffic.None;
            if (!traffic.Intersect(within).IsNone)
                yield return rule.Id;
        }
    }

    /// <summary>The rules of a pod that let some of this traffic through to or from any of these addresses.</summary>
    internal static IEnumerable<RuleId> RulesBetween(Endpoint pod, AddressSet outside, Direction direction, Traffic within)
    {
        foreach (var rule in pod.Group?.SideOf(direction)?.Rules ?? [])
            if ((rule.AnyPeer || rule.Networks?.Intersect(outside).IsEmpty == false) && !rule.TrafficToAddress(pod.Group!).Intersect(within).IsNone)
                yield return rule.Id;
    }

    /// <summary>Everything that one end may send to the other, over any of the families that both have.</summary>
    public static Traffic TrafficBetween(this Compiled compiled, Endpoint from, Endpoint to, IpFamilies over = IpFamilies.Both)
    {
        if (from.IsItself(to))
            return Traffic.Everything;
        var traffic = Traffic.None;
        foreach (var family in (IpFamilies[])[IpFamilies.V4, IpFamilies.V6])
            if ((from.Families & to.Families & over & family) != 0)
                traffic = traffic.Union(Between(from, to, family));
        return traffic;
    }

    private static Traffic Between(Endpoint from, Endpoint to, IpFamilies family)
    {
        var traffic = Traffic.Everything;
        foreach (var source in from.Rivals.Prepend(from))
            foreach (var destination in to.Rivals.Prepend(to))
                if (!source.IsItself(destination))
                    traffic = traffic.Intersect(Side(Direction.Egress, source, destination, family))
                        .Intersect(Side(Direction.Ingress, destination, source, family));
        return traffic;
    }

    /// <summary>What the policies of one end let through in a direction, whatever the other end's say.</summary>
    internal static Traffic Side(Direction direction, Endpoint subject, Endpoint peer, IpFamilies family)
    {
        if (subject.Group?.SideOf(direction) is not { } side || subject.IsOn(peer))
            return Traffic.Everything;
        var destination = direction == Direction.Ingress ? subject.Group : peer.Group;
        var traffic = Traffic.None;
        foreach (var rule in side.Rules)
        {
            if (rule.AnyPeer || rule.SelectsPod(peer.Group))
                traffic = traffic.Union(rule.TrafficTo(destination));
            else if (rule.Holds(peer.AddressIn(family), family))
                traffic = traffic.Union(rule.TrafficToAddress(subject.Group));
        }

        return traffic;
    }
}
