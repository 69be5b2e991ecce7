namespace Podwall.Policy.Linting.Rules;

/// <summary>Pods that no policy selects, in a namespace that has policies.</summary>
internal sealed class PodWithoutPolicy : LintRule
{
    public override string Id => "pod-without-policy";

    public override LintSeverity Severity => LintSeverity.Note;

    public override string Title => "a pod is selected by no policy, though its namespace has some";

    public override string Explanation =>
        """
        A pod that no policy selects is open both ways, to everyone. In a namespace whose other pods are governed, it was probably forgotten, or its
        labels do not match.
        Found in namespaces with at least one policy, save the system's own. Pods on their node's network are left out: no policy can select
        them.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var block in context.Compiled.Blocks)
            if (block.Policies.Length > 0 && block.Source.Name is not ("kube-system" or "kube-public" or "kube-node-lease"))
                foreach (var workload in block.Groups.Where(g => g.Ingress is null && g.Egress is null).SelectMany(g => g.Pods).GroupBy(p => p.Workload).OrderBy(w => w.Key.Name, StringComparer.Ordinal))
                    yield return Find(LintPlace.Of(workload.Key), $"no policy of {block.Source} selects {(workload.Count() == 1 ? "it" : $"its {workload.Count()} pods")}: open both ways") with
                    {
                        Examples = context.ExampleThat(Verdict.Allow, Direction.Ingress, workload.First(), context.Anybody(block), Traffic.Everything),
                        Fix = $"Select it with a policy, or deny by default: a policy with podSelector: {{}} in {block.Source}.",
                    };
    }
}
