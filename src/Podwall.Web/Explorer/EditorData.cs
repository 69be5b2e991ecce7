namespace Podwall.Web.Explorer;

/// <summary>A file as js/explorer.js hands it over.</summary>
public sealed record NamedText(string Name, string Text);

/// <summary>What the page was opened with: a scenario, or the content of a shared link and its question.</summary>
public sealed record Opening(string? Scenario, int Step, NamedText[]? Files, string? From, string? To, string? Problem);

/// <summary>A finding to mark in the editor; the severity is <c>error</c>, <c>warning</c> or <c>info</c>.</summary>
public sealed record EditorFinding(int Line, int Column, string Severity, string Message);

/// <summary>A line to light up, as one that allows or one that does not.</summary>
public sealed record EditorLine(int Line, string Kind);
