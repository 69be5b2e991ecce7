namespace Podwall.Kubernetes;

/// <summary>Ends the reading of one document; the reader turns it into a diagnostic, so it never leaves the project.</summary>
internal sealed class UnreadableTextException(SourcePosition position, string message, string? fix = null) : Exception(message)
{
    public SourcePosition Position { get; } = position;

    public string? Fix { get; } = fix;

    /// <summary>The API server's words for the same fault, where they are known.</summary>
    public string? ServerMessage { get; init; }
}
