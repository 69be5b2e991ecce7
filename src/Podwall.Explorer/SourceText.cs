namespace Podwall.Explorer;

/// <summary>A file of the playground: its name, and all its text.</summary>
public sealed record SourceText(string Name, string Text);
