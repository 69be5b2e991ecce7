using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>What one end allows on purpose and the other end denies.</summary>
internal sealed class HalfOpen : LintRule
{
    public override string Id => "half-open";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a peer that is allowed here is denied at its own end";

    public override string Explanation =>
        """
        A flow between pods needs both: the sender's egress and the receiver's ingress. A rule that lets something out to pods whose own policies let
        none of it in (or lets in what may not be sent) opens nothing.
        Found where a peer selects some pods by labels and every flow that it allows, between all pods on both sides, is denied at the other end. If
        a single one passes, it is no finding; nor is a peer that selects all pods.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                if (!IsForAll(rule.Source.Peers[i]) && Dead(context, rule, rule.Source.Peers[i]) is var (subject, peer, traffic, by)
                    && context.Example(rule.Direction, subject, peer, traffic) is { Verdict: Verdict.Deny } example)
                    yield return Find(LintPlace.OfPeer(rule.Id, i), rule.Direction == Direction.Egress
                        ? $"{Wording.Few(context.GroupsOf(rule.Block, rule.Source.Peers[i]).SelectMany(g => g.Pods))} may be sent this, but {Wording.Few(by.Select(b => $"{b}"))} lets none of it in"
                        : $"{Wording.Few(context.GroupsOf(rule.Block, rule.Source.Peers[i]).SelectMany(g => g.Pods))} may come in, but {Wording.Few(by.Select(b => $"{b}"))} lets none of it out") with
                    {
                        Matter = $"{rule.Direction.Word()} {rule.Source.Peers[i]}",
                        Fix = $"Add the {rule.Direction.Opposite().Word()} rule at the other end, or take this peer away: podwall check --from {example.From} --to {example.To} shows the smallest change.",
                        Examples = [example],
                        Related = by.Select(b => LintPlace.Of(b)).ToValueList(),
                    };
    }

    private static bool IsForAll(Peer peer) => peer switch
    {
        Peer.PodsHere(var pods) => pods == Selector.Everything,
        Peer.PodsIn(var namespaces, var pods) => namespaces == Selector.Everything && pods == Selector.Everything,
        _ => true,
    };

    // A pair and its traffic, if of all pairs none passes.
    private static (Pod Subject, Pod Peer, Traffic Traffic, ValueList<PolicyId> By)? Dead(LintContext context, RuleInContext rule, Peer peer)
    {
        var opposite = rule.Direction.Opposite();
        (Pod, Pod, Traffic, ValueList<PolicyId>)? denied = null;
        foreach (var other in context.GroupsOf(rule.Block, peer))
            foreach (var subject in context.SubjectsOf(rule.Block, rule.Policy))
            {
                var traffic = rule.Compiled.TrafficTo(rule.Direction == Direction.Ingress ? subject : other);
                if (traffic.IsNone || (subject == other && subject.Pods is [{ StandsForReplicas: false }]))
                    continue;
                if (other.SideOf(opposite) is not { } side || subject.Pods.Any(p => Passes(other, opposite, subject, p, traffic)))
                    return null;
                denied ??= (subject.Pods[0], other.Pods.FirstOrDefault(p => p != subject.Pods[0]) ?? other.Pods[0], traffic, side.Policies);
            }

        return denied;
    }

    private static bool Passes(LabelGroup other, Direction opposite, LabelGroup subject, Pod pod, Traffic traffic) => IpFamily.Both.Any(f =>
        (pod.Addresses.Count == 0 || pod.AddressOf(f) is not null) && !LintContext.Allowed(other, opposite, subject, pod.AddressOf(f), f.AsSet()).Intersect(traffic).IsNone);
}
