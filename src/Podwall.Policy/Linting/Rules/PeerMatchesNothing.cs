namespace Podwall.Policy.Linting.Rules;

/// <summary>A peer whose podSelector selects no pod, where there are pods to select.</summary>
internal sealed class PeerMatchesNothing : LintRule
{
    public override string Id => "peer-matches-nothing";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a peer's podSelector selects no pod where it looks";

    public override string Explanation =>
        """
        A peer with a podSelector alone looks in the policy's own namespace, and nowhere else; one with a namespaceSelector too looks in the
        namespaces that match. If no pod there has the labels, the peer lets nothing through.
        Found where the pods of those namespaces are known: on a live cluster, or where the files hold at least one of them. Pods that run only
        now and then, such as those of a CronJob, may be missing from a live cluster.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var rule in context.Rules)
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                if (Where(context, rule, rule.Source.Peers[i]) is { } found && !Implication.IsNever(found.Pods) && context.GroupsOf(rule.Block, rule.Source.Peers[i]).Length == 0)
                    yield return Find(LintPlace.OfPeer(rule.Id, i),
                        $"no pod of {Wording.Few(found.Namespaces.Select(n => n.Name))} {Wording.Wanted(found.Pods)}: this peer lets {(rule.Direction == Direction.Ingress ? "nothing in" : "nothing out")}") with
                    {
                        Matter = $"{rule.Source.Peers[i]}",
                        Examples = Example(context, rule, found.Namespaces, found.Pods),
                        Fix = Fix(context, rule, found.Namespaces, found.Pods),
                    };
    }

    // The namespaces that are looked in, if their pods are known and one could be selected.
    private static (NamespaceBlock[] Namespaces, Selector Pods)? Where(LintContext context, RuleInContext rule, Peer peer)
    {
        var (namespaces, pods) = peer switch
        {
            Peer.PodsHere(var here) => ([rule.Block.Source], here),
            Peer.PodsIn(var spaces, var there) => (context.NamespacesOf(spaces), there),
            _ => ([], Selector.Everything),
        };
        return pods != Selector.Everything && namespaces.Length > 0 && namespaces.All(context.KnowsPodsOf) ? (namespaces, pods) : null;
    }

    // Those elsewhere that were probably meant are not let through.
    private static ValueList<LintExample> Example(LintContext context, RuleInContext rule, NamespaceBlock[] namespaces, Selector pods)
    {
        if (context.SubjectsOf(rule.Block, rule.Policy) is not [var subject, ..] || !pods.Requirements.Any(r => r is Requirement.OneOf))
            return [];
        var meant = context.Snapshot.Namespaces.Where(n => !namespaces.Contains(n)).SelectMany(n => n.Pods).Where(p => context.Compiled.Options.IsOrdinary(p) && pods.Selects(p.Labels));
        return context.ExampleThat(Verdict.Deny, rule.Direction, subject.Pods[0], meant.Select(p => context.Compiled.At(p)), rule.Compiled.Numbered);
    }

    private static string Fix(LintContext context, RuleInContext rule, NamespaceBlock[] namespaces, Selector pods)
    {
        var elsewhere = context.Snapshot.Namespaces.Where(n => !namespaces.Contains(n) && n.Pods.Any(p => pods.Selects(p.Labels))).Select(n => n.Name).ToArray();
        return elsewhere.Length > 0 && pods.Requirements.Any(r => r is Requirement.OneOf)
            ? $"Pods with these labels are in {Wording.Few(elsewhere)}: if they are meant, add a namespaceSelector to this peer ({NamespaceBlock.NameLabel}: {elsewhere[0]})."
            : SubjectMatchesNothing.Near(namespaces.SelectMany(n => n.Pods), pods);
    }
}
