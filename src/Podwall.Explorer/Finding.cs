using Podwall.Kubernetes;

namespace Podwall.Explorer;

/// <summary>A line of a file; lines and columns count from 1.</summary>
public sealed record SourceLine(string File, int Line, int Column)
{
    public static SourceLine? Of(SourcePosition? position) => position is { } p ? new(p.File, p.Line, p.Column) : null;

    public override string ToString() => $"{File}:{Line}";
}

/// <summary>Something wrong with the input; the severity is <c>error</c>, <c>warning</c> or <c>note</c>.</summary>
public sealed record Finding(string Severity, string Message, string Fix, SourceLine? Where)
{
    public static Finding Of(Diagnostic diagnostic) => new(
        diagnostic.Severity.ToString().ToLowerInvariant(),
        string.Concat(diagnostic.Subject is { } subject ? $"{subject}: " : "", diagnostic.Field.Length > 0 ? $"{diagnostic.Field}: " : "", diagnostic.Message),
        diagnostic.Fix,
        SourceLine.Of(diagnostic.Position));
}
