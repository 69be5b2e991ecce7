namespace Podwall.Policy.Linting;

/// <summary>How much a finding matters: a note is good to know, a warning is probably a mistake, an error certainly one.</summary>
public enum LintSeverity
{
    Note,
    Warning,
    Error,
}

/// <summary>
/// Something in a cluster that does not do what it seems to be written for. <see cref="Matter"/> is the part of the object
/// that is meant, as text that stays the same when lines or entries move; with rule and object it names the finding.
/// </summary>
public sealed record LintFinding(string Rule, LintSeverity Severity, LintPlace Place, string Message)
{
    public string Matter { get; init; } = "";

    /// <summary>What to write instead; empty where nothing in general can be said.</summary>
    public string Fix { get; init; } = "";

    /// <summary>Flows that show what the finding means, decided by the engine.</summary>
    public ValueList<LintExample> Examples { get; init; } = [];

    /// <summary>Other places that make it a finding, such as the rule that makes another one redundant.</summary>
    public ValueList<LintPlace> Related { get; init; } = [];

    /// <summary>An edit of the object that mends it and changes no flow; null where none is safe.</summary>
    public LintEdit? Edit { get; init; }
}

/// <summary>One flow, and what became of it.</summary>
public sealed record LintExample(string From, string To, string Traffic, Verdict Verdict)
{
    public override string ToString() => $"{From} -> {To}  {Traffic}: {(Verdict == Verdict.Allow ? "allowed" : "denied")}";
}

/// <summary>An object and a field of it, as the API's path; empty is the object itself.</summary>
public sealed record LintPlace(string Kind, string? Namespace, string Name, string Field = "")
{
    public const string ClusterKind = "Cluster";

    /// <summary>No object at all: what is found is true of the cluster.</summary>
    public static LintPlace Cluster { get; } = new(ClusterKind, null, "");

    public static LintPlace Of(PolicyId policy, string field = "") => new("NetworkPolicy", policy.Namespace, policy.Name, field);

    public static LintPlace Of(RuleId rule) => Of(rule.Policy, rule.Path);

    public static LintPlace OfPeer(RuleId rule, int peer) =>
        Of(rule.Policy, $"{rule.Path}.{(rule.Direction == Direction.Ingress ? "from" : "to")}[{peer}]");

    public static LintPlace OfPort(RuleId rule, int port) => Of(rule.Policy, $"{rule.Path}.ports[{port}]");

    public static LintPlace OfNamespace(string name) => new("Namespace", null, name);

    public static LintPlace Of(WorkloadId workload) => new(workload.Kind, workload.Namespace, workload.Name);

    /// <summary>The object without the field: <c>NetworkPolicy apps/web</c>.</summary>
    public string Whole => Kind == ClusterKind ? "the cluster" : Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";

    public override string ToString() => Field.Length == 0 ? Whole : $"{Whole} {Field}";
}

/// <summary>A small edit of one object's text, by field path; it changes no flow.</summary>
public abstract record LintEdit
{
    private LintEdit()
    {
    }

    /// <summary>Another value for a single value.</summary>
    public sealed record Replace(string Field, string Value) : LintEdit;

    /// <summary>An entry of a list, or a key with its value, taken away.</summary>
    public sealed record Remove(string Field) : LintEdit;

    /// <summary>One more key, with a value in one line, at the end of a mapping.</summary>
    public sealed record Add(string Mapping, string Key, string Value) : LintEdit;
}
