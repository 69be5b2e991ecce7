using Podwall.Policy.Linting;

namespace Podwall.Kubernetes.Linting;

/// <summary>What to say to a rule that does not exist.</summary>
public static class UnknownRule
{
    public static string Fix(string id) => Nearest.To(id, LintRules.All.Select(r => r.Id)) is { } near
        ? $"Write {near}."
        : "podwall lint --explain all lists the rules.";
}
