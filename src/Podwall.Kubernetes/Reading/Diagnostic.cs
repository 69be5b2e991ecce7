namespace Podwall.Kubernetes;

/// <summary>Errors end a run, unless it was asked to be lenient; warnings and notes never do.</summary>
public enum Severity
{
    Note,
    Warning,
    Error,
}

/// <summary>What an object is called; the namespace is null for a kind that has none.</summary>
public sealed record ObjectId(string Kind, string? Namespace, string Name)
{
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>One finding about the input: where, about what, and what to write instead.</summary>
public sealed record Diagnostic(Severity Severity, string Code, string Message)
{
    /// <summary>The offending value; null where the input itself could not be had.</summary>
    public SourcePosition? Position { get; init; }

    public ObjectId? Subject { get; init; }

    /// <summary>The API's field path, such as <c>spec.ingress[0].from[0]</c>; empty where no field is meant.</summary>
    public string Field { get; init; } = "";

    /// <summary>The API server's class of the error, such as <c>FieldValueInvalid</c>; empty where it has none.</summary>
    public string Type { get; init; } = "";

    /// <summary>What to write instead; empty where the message says it.</summary>
    public string Fix { get; init; } = "";

    /// <summary>
    /// Whether an answer about traffic would be a guess. A policy's bad name or label is refused by the API server, and yet
    /// says nothing about what the policy means.
    /// </summary>
    public bool LeavesTrafficOpen => Severity == Severity.Error
        && !(Code == DiagnosticCodes.InvalidObject && Subject?.Kind == PolicyObject.Kind && Type == "FieldValueInvalid" && Field.StartsWith("metadata.", StringComparison.Ordinal));

    public override string ToString() => string.Concat(
        Position is { } position ? $"{position}: " : "",
        $"{Severity.ToString().ToLowerInvariant()} {Code}: ",
        Subject is null ? "" : $"{Subject}: ",
        Field.Length == 0 ? "" : $"{Field}: ",
        Message,
        Fix.Length == 0 ? "" : $" — {Fix}");
}

/// <summary>The stable names of findings.</summary>
public static class DiagnosticCodes
{
    public const string Unreadable = "unreadable";
    public const string BrokenSyntax = "broken-syntax";
    public const string AmbiguousLetter = "ambiguous-letter";
    public const string MalformedManifest = "malformed-manifest";
    public const string InvalidObject = "invalid-object";
    public const string UnknownKind = "unknown-kind";
    public const string UnsupportedVersion = "unsupported-version";
    public const string UnsupportedPolicyKind = "unsupported-policy-kind";
    public const string MissingApiVersion = "missing-api-version";
    public const string DuplicateObject = "duplicate-object";
    public const string UndeclaredNamespace = "undeclared-namespace";
    public const string ClosedObject = "closed-object";
    public const string NotReadable = "not-readable";
    public const string InvalidExpectations = "invalid-expectations";
    public const string InvalidConfiguration = "invalid-configuration";
    public const string BrokenSuppression = "broken-suppression";
    public const string UnusedSuppression = "unused-suppression";
}
