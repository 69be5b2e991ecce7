namespace Podwall.Policy.Linting.Rules;

/// <summary>The block of all addresses, without exception.</summary>
internal sealed class BlockOfEverywhere : LintRule
{
    private const int MostLookedAt = 256;

    public override string Id => "block-of-everywhere";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "an ipBlock of every address, without except, is the whole cluster as well as the internet";

    public override string Explanation =>
        """
        0.0.0.0/0 and ::/0 hold every address of their family: pods of all namespaces and nodes, too. What is written to allow the internet then
        also allows every neighbour.
        A note where it is found; a warning on egress where some pod of the cluster becomes reachable by it that no selector allows. No finding where
        another rule without peers allows the same anyway. --fix does nothing here: it would close flows.
        """;

    public override (string Wrong, string Right) Shown => (
        "to: [{ipBlock: {cidr: 0.0.0.0/0}}]",
        "to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16]}}]");

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                if (rule.Source.Peers[i] is Peer.Network { IsWholeFamily: true } network && !IsAllowedAnyway(context, rule))
                    yield return Check(context, rule, network) with { Place = LintPlace.OfPeer(rule.Id, i), Matter = $"{rule.Direction.Word()} {network}" };
    }

    private static bool IsAllowedAnyway(LintContext context, RuleInContext rule) =>
        context.SubjectsOf(rule.Block, rule.Policy) is { Length: > 0 } subjects
        && subjects.All(s => rule.Compiled.TrafficToAddress(s).Except(s.SideOf(rule.Direction)!.Rules.Where(r => r != rule.Compiled && r.AnyPeer)
            .Aggregate(Traffic.None, (t, r) => t.Union(r.TrafficToAddress(s)))).IsNone);

    private LintFinding Check(LintContext context, RuleInContext rule, Peer.Network network)
    {
        var family = network.Block.Family;
        var opened = rule.Direction == Direction.Egress ? Opened(context, rule) : null;
        return Find(LintPlace.Cluster, rule.Direction == Direction.Egress
            ? $"{network.Block} is every {family} address: pods and nodes of the cluster, not the internet alone"
            : $"{network.Block} is every {family} address: anyone may come in, from inside and outside the cluster") with
        {
            Severity = opened is null ? LintSeverity.Note : LintSeverity.Warning,
            Fix = $"Take out what is not meant: except: [{(family == IpFamily.V4 ? "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16" : "fc00::/7, fe80::/10")}]; or write no peers at all if everyone is meant.",
            Examples = opened is null ? [] : [opened],
        };
    }

    private static LintExample? Opened(LintContext context, RuleInContext rule)
    {
        foreach (var subject in context.SubjectsOf(rule.Block, rule.Policy))
            foreach (var pod in context.Snapshot.Pods.Where(p => !p.UsesHostNetwork && !subject.Pods.Contains(p)).Take(MostLookedAt))
                if (context.Compiled.GroupOf(pod) is { } group && !rule.Compiled.SelectsPod(group)
                    && LintContext.Gain(subject, rule.Compiled, pod, group) is { IsNone: false } gain
                    && context.Example(rule.Direction, subject.Pods[0], pod, gain) is { Verdict: Verdict.Allow } example)
                    return example;
        return null;
    }
}
