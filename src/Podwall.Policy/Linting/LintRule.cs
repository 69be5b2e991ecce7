namespace Podwall.Policy.Linting;

/// <summary>One thing to look for. The identifier is stable; so is what it stands for.</summary>
public abstract class LintRule
{
    /// <summary>Lower case words with dashes.</summary>
    public abstract string Id { get; }

    /// <summary>What its findings weigh unless one of them, or the configuration, says otherwise.</summary>
    public abstract LintSeverity Severity { get; }

    /// <summary>What is found, in one line without a full stop.</summary>
    public abstract string Title { get; }

    /// <summary>What it means for traffic, when it is found, and when it is not.</summary>
    public abstract string Explanation { get; }

    /// <summary>The mistake and its remedy in short manifests; empty where none would help.</summary>
    public virtual (string Wrong, string Right) Shown => ("", "");

    /// <summary>The findings, in the order of the snapshot.</summary>
    public abstract IEnumerable<LintFinding> Check(LintContext context);

    internal LintFinding Find(LintPlace place, string message) => new(Id, Severity, place, message);
}
