using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>Two selectors as two peers, where one peer with both would select less.</summary>
internal sealed class AndOrConfusion : LintRule
{
    public override string Id => "and-or-confusion";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "podSelector and namespaceSelector are two peers (either), where one peer (both) would allow less";

    public override string Explanation =>
        """
        Each dash begins a peer of its own, and one matching peer is enough. With two dashes, a podSelector selects pods of the policy's own
        namespace, and the namespaceSelector beside it selects every pod of the namespaces. With one dash, only pods that match in
        namespaces that match are meant.
        Found where a podSelector stands directly beside a namespaceSelector, some pod satisfies both at once (so that the joined form
        would make sense), and the split form lets something through that the joined form does not and no other rule does.
        If either is what you mean, say so: a comment "podwall: ignore and-or-confusion: either is meant".
        """;

    public override (string Wrong, string Right) Shown => (
        """
        from:
        - podSelector: {matchLabels: {app: worker}}
        - namespaceSelector: {matchLabels: {team: data}}
        """,
        """
        from:
        - podSelector: {matchLabels: {app: worker}}
          namespaceSelector: {matchLabels: {team: data}}
        """);

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
            for (var i = 0; i + 1 < rule.Source.Peers.Count; i++)
                if (Pair(rule.Source.Peers[i], rule.Source.Peers[i + 1]) is var (pods, namespaces) && Check(context, rule, i, pods, namespaces) is { } finding)
                    yield return finding;
    }

    private static (Selector Pods, Selector Namespaces)? Pair(Peer one, Peer other) => (one, other) switch
    {
        (Peer.PodsHere(var pods), Peer.PodsIn(var namespaces, var all)) when Both(pods, namespaces, all) => (pods, namespaces),
        (Peer.PodsIn(var namespaces, var all), Peer.PodsHere(var pods)) when Both(pods, namespaces, all) => (pods, namespaces),
        _ => null,
    };

    private static bool Both(Selector pods, Selector namespaces, Selector all) =>
        all == Selector.Everything && pods != Selector.Everything && namespaces != Selector.Everything;

    private LintFinding? Check(LintContext context, RuleInContext rule, int index, Selector pods, Selector namespaces)
    {
        Peer.PodsIn joined = new(namespaces, pods);
        // No policy asks for both, so that classes need not know: the pods' own labels do.
        var spaces = context.NamespacesOf(namespaces).ToHashSet();
        bool IsBoth(LabelGroup group, Pod pod) => spaces.Contains(group.Block.Source) && pods.Selects(pod.Labels);
        var split = context.GroupsOf(rule.Block, new Peer.PodsHere(pods)).Concat(context.GroupsOf(rule.Block, new Peer.PodsIn(namespaces, Selector.Everything))).Distinct()
            .SelectMany(g => g.Pods, (g, p) => (Group: g, Pod: p, IsBoth: IsBoth(g, p))).ToArray();
        var word = rule.Direction == Direction.Ingress ? "lets in" : "lets out to";
        var finding = Find(LintPlace.OfPeer(rule.Id, index), "") with
        {
            Matter = $"{rule.Source.Peers[index]} / {rule.Source.Peers[index + 1]}",
            Fix = $"If both must hold, make one peer of them, without the second dash: {Suggesting.PolicyYaml.Of(joined)}. If either is meant, keep it, with a comment \"podwall: ignore {Id}: why\".",
        };
        if (!split.Any(p => p.IsBoth))
            // DNS pods are where everybody knows them to be, also when no pod of that namespace is in the input.
            return DnsServers.IsDns(pods) && !context.NamespacesOf(namespaces).Any(n => n.Pods.Count > 0) && namespaces.Selects(Labels.Of((NamespaceBlock.NameLabel, "kube-system")))
                ? finding with { Message = $"two peers: this {word} every pod of kube-system, and DNS pods of {rule.Policy.Id.Namespace}; DNS in kube-system alone is one peer with both selectors" }
                : null;
        var more = Examples(context, rule, split.Where(p => !p.IsBoth).Select(p => (p.Group, p.Pod))).Take(3).ToArray();
        return more.Length == 0 ? null : finding with
        {
            Message = $"two peers, so either is enough: this also {word} {Wording.Few(more.Select(m => m.Peer))}, which one peer with both selectors would not",
            Examples = more.Select(m => m.Example).ToValueList(),
        };
    }

    private static IEnumerable<(Pod Peer, LintExample Example)> Examples(LintContext context, RuleInContext rule, IEnumerable<(LabelGroup Group, Pod Pod)> peers)
    {
        foreach (var (group, pod) in peers)
            foreach (var subject in context.SubjectsOf(rule.Block, rule.Policy))
                if (LintContext.Gain(subject, rule.Compiled, pod, group) is { IsNone: false } gain
                    && context.Example(rule.Direction, subject.Pods[0], pod, gain) is { } example)
                {
                    yield return (pod, example);
                    break;
                }
    }
}
