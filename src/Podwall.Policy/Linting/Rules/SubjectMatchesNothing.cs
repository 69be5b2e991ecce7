using Podwall.Policy.Compiling;

namespace Podwall.Policy.Linting.Rules;

/// <summary>A policy that governs no pod.</summary>
internal sealed class SubjectMatchesNothing : LintRule
{
    public override string Id => "subject-matches-nothing";

    public override LintSeverity Severity => LintSeverity.Warning;

    public override string Title => "podSelector selects no pod, so that the policy does nothing";

    public override string Explanation =>
        """
        A policy governs the pods that spec.podSelector selects in its own namespace. If it selects none, nothing is isolated and nothing
        allowed; most often a label is misspelt, or the namespace is not the one that is meant. Pods on their node's network are selected by
        no policy.
        Found where the pods of the namespace are known: on a live cluster, or where the files hold at least one of them.
        """;

    public override IEnumerable<LintFinding> Check(LintContext context)
    {
        foreach (var (block, policy) in context.Policies)
            if (context.KnowsPodsOf(block.Source) && Why(block.Source, policy.Source) is { } why && !Implication.IsNever(policy.Source.Subject))
                yield return Find(LintPlace.Of(policy.Source.Id, "spec.podSelector"), why) with
                {
                    Matter = $"{policy.Source.Subject}",
                    Examples = Example(context, block, policy.Source),
                    Fix = Near(block.Source.Pods, policy.Source.Subject),
                };
    }

    // Pods that have the label that is asked for, with another value, are not governed by it.
    private static ValueList<LintExample> Example(LintContext context, CompiledBlock block, NetworkPolicy policy)
    {
        var meant = block.Groups.Where(g => policy.Subject.Requirements.Any(r => g.Pods[0].Labels[r.Key] is not null));
        return Wording.Both.Where(policy.Governs).SelectMany(d => meant.Where(g => g.SideOf(d) is null).Take(1).SelectMany(g => context.OpenToOutside(d, g.Pods[0]))).Take(1).ToValueList();
    }

    /// <summary>Why the policy governs nobody; null where it governs somebody. The agent says the same of a running cluster.</summary>
    public static string? Why(NamespaceBlock block, NetworkPolicy policy)
    {
        var selectsHost = false;
        foreach (var pod in block.Pods)
        {
            if (!policy.Subject.Selects(pod.Labels))
                continue;
            if (!pod.UsesHostNetwork)
                return null;
            selectsHost = true;
        }

        return selectsHost
            ? $"podSelector {policy.Subject} selects only pods of the host's network, which no policy governs"
            : $"podSelector {policy.Subject} selects no pod of the namespace; the policy does nothing";
    }

    /// <summary>What pods have under the keys that a selector asks for.</summary>
    public static string Near(IEnumerable<Pod> pods, Selector selector)
    {
        var keys = selector.Requirements.Select(r => r.Key).Distinct().ToArray();
        var values = pods.SelectMany(p => keys.Where(k => p.Labels[k] is not null).Select(k => $"{k}: {p.Labels[k]}")).Distinct().Order(StringComparer.Ordinal).ToArray();
        return values.Length > 0 ? $"Ask for labels that the pods have: {Wording.Few(values, 5)}."
            : keys.Length > 0 ? $"No pod there has a label {Wording.Few(keys)}: ask for another, or label the pods."
            : "";
    }
}
