using Podwall.Explorer;

namespace Podwall.Web.Explorer;

/// <summary>A file as js/explorer.js hands it over.</summary>
public sealed record NamedText(string Name, string Text);

/// <summary>A file as UTF-8, which comes from the browser much faster than a string.</summary>
public sealed record NamedBytes(string Name, byte[] Utf8);

/// <summary>The files of the playground; none of them where they are too large for the page itself. The size is in characters.</summary>
public sealed record Content(long Size, NamedBytes[]? Files);

/// <summary>What the page was opened with: a scenario, or the content of a shared link, with or without a version to compare with, and its question.</summary>
public sealed record Opening(string? Scenario, int Step, NamedText[]? Files, bool IsKept, string? From, string? To, string? Problem);

/// <summary>A finding to mark in the editor; the severity is <c>error</c>, <c>warning</c> or <c>info</c>.</summary>
public sealed record EditorFinding(int Line, int Column, string Severity, string Message);

/// <summary>A line to light up, as one that allows or one that does not.</summary>
public sealed record EditorLine(int Line, string Kind);

/// <summary>All that is marked in the file that the editor shows.</summary>
public sealed record EditorMarks(IReadOnlyList<EditorFinding> Findings, IReadOnlyList<EditorLine> Decided)
{
    public static EditorMarks Of(IEnumerable<Finding> findings, IEnumerable<(SourceLine Place, bool Allows)> decided) => new(
        [.. findings.Select(f => new EditorFinding(f.Where!.Line, f.Where.Column, f.Severity == "note" ? "info" : f.Severity, f.Fix.Length > 0 ? $"{f.Message}\n{f.Fix}" : f.Message))],
        [.. decided.Select(d => new EditorLine(d.Place.Line, d.Allows ? "allow" : "deny"))]);
}
