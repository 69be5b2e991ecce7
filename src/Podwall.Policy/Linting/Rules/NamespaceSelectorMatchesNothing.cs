namespace Podwall.Policy.Linting.Rules;

/// <summary>A namespaceSelector that no namespace satisfies.</summary>
internal sealed class NamespaceSelectorMatchesNothing : LintRule
{
    public override string Id => "namespace-selector-matches-nothing";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "a namespaceSelector asks for labels that no namespace has";

    public override string Explanation =>
        """
        A namespace's name is not one of its labels, save kubernetes.io/metadata.name, which is always there. A peer whose
        namespaceSelector selects no namespace lets nothing through, and nothing says so when it is applied.
        Found on a live cluster for every such selector; in files where they declare namespaces and none fits. A name that the files do not
        declare may be declared elsewhere: that is a note. The namespaces that every cluster has are taken to be there.
        """;

    public override (string Wrong, string Right) Shown => (
        "- namespaceSelector: {matchLabels: {name: observability}}",
        "- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: observability}}");

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        var declared = context.Snapshot.Namespaces.Where(n => n.IsDeclared).ToArray();
        if (declared.Length == 0 && !context.Facts.IsComplete)
            yield break;
        foreach (var rule in context.Rules)
            for (var i = 0; i < rule.Source.Peers.Count; i++)
                if (rule.Source.Peers[i] is Peer.PodsIn(var namespaces, _) && !Implication.IsNever(namespaces) && context.NamespacesOf(namespaces).Length == 0
                    && (context.Facts.IsComplete || !MayBeBuiltIn(namespaces)))
                    yield return Find(LintPlace.OfPeer(rule.Id, i),
                        $"no namespace{(context.Facts.IsComplete ? "" : " here")} {Wording.Wanted(namespaces)}: this peer lets {(rule.Direction == Direction.Ingress ? "nothing in" : "nothing out")}") with
                    {
                        Matter = $"{rule.Source.Peers[i]}",
                        Severity = !context.Facts.IsComplete && AsksForNamesOnly(namespaces) ? LintSeverity.Note : Severity,
                        Fix = Fix(context, namespaces, declared),
                        Examples = Examples(context, rule, namespaces),
                    };
    }

    private static bool MayBeBuiltIn(Selector namespaces) => ((string[])["default", "kube-system", "kube-public", "kube-node-lease"])
        .Any(name => namespaces.Selects(Labels.Of((NamespaceBlock.NameLabel, name))));

    private static bool AsksForNamesOnly(Selector namespaces) => namespaces.Requirements.All(r => r.Key == NamespaceBlock.NameLabel);

    private static string Fix(LintContext context, Selector namespaces, NamespaceBlock[] declared) =>
        Meant(context, namespaces) is { } meant
            ? $"Ask for the label that is always there, {NamespaceBlock.NameLabel}: {meant}; or label the namespace: kubectl label namespace {meant} {LabelOf(namespaces, meant)}."
            : $"Label the namespace that is meant, or ask for a label that one has: {Wording.Few(declared.Select(d => $"{d} ({d.Labels.Without(NamespaceBlock.NameLabel)})".Replace(" ()", "", StringComparison.Ordinal)), 4)}.";

    // The value is the name of a namespace: the name was meant.
    private static string? Meant(LintContext context, Selector namespaces) =>
        namespaces.Requirements.OfType<Requirement.OneOf>().SelectMany(r => r.Values).FirstOrDefault(v => context.Snapshot.Find(v) is not null);

    private static string LabelOf(Selector namespaces, string meant) =>
        string.Join(' ', namespaces.Requirements.OfType<Requirement.OneOf>().Where(r => r.Key != NamespaceBlock.NameLabel).Select(r => $"{r.Key}={(r.Values.Contains(meant) ? meant : r.Values[0])}"));

    private static ValueList<LintExample> Examples(LintContext context, RuleInContext rule, Selector namespaces) =>
        Meant(context, namespaces) is { } meant && context.Snapshot.Find(meant)!.Pods.FirstOrDefault(p => !p.UsesHostNetwork) is { } pod
        && context.SubjectsOf(rule.Block, rule.Policy) is [var subject, ..]
        && rule.Compiled.TrafficTo(rule.Direction == Direction.Ingress ? subject : context.Compiled.GroupOf(pod)) is { IsNone: false } traffic
        && context.Example(rule.Direction, subject.Pods[0], pod, traffic) is { Verdict: Verdict.Deny } example ? [example] : [];
}
