namespace Podwall.Policy.Linting.Rules;

/// <summary>A namespace in which a new pod would be open.</summary>
internal sealed class NoDefaultDeny : LintRule
{
    public override string Id => "no-default-deny";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "a namespace has no policy that isolates every pod for ingress, so that new pods start open";

    public override string Explanation =>
        """
        Policies isolate only what they select. A pod that is created tomorrow, with a label that no policy knows, is open to everyone, unless a
        policy with podSelector: {} governs ingress in its namespace. (A default deny for egress is stricter still; its absence is no finding.)
        Found in every namespace that has pods, save the system's own.
        """;

    public override (string Wrong, string Right) Shown => ("", """
        kind: NetworkPolicy
        metadata: {name: default-deny-ingress, namespace: apps}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        """);

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var block in context.Snapshot.Namespaces.AsEnumerable())
            if (block.Pods.Any(p => !p.UsesHostNetwork) && block.Name is not ("kube-system" or "kube-public" or "kube-node-lease")
                && !block.Policies.Any(p => p.Subject == Selector.Everything && p.Governs(Direction.Ingress)))
                yield return Find(LintPlace.OfNamespace(block.Name), block.Policies.Count == 0
                    ? "no policy at all: every pod is open both ways"
                    : "no policy isolates all pods for ingress: a pod that none of the others selects is open to everyone") with
                {
                    Examples = context.BlockOf(block.Name) is var compiled && Array.Find(compiled.Groups, g => g.Ingress is null) is { } open
                        ? context.ExampleThat(Verdict.Allow, Direction.Ingress, open.Pods[0], context.Anybody(compiled), Traffic.Everything)
                        : [],
                    Fix = $"Add a policy: metadata: {{name: default-deny-ingress, namespace: {block.Name}}}, spec: {{podSelector: {{}}, policyTypes: [Ingress]}}; what is needed then has to be allowed.",
                };
    }
}
