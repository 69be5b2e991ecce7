namespace Podwall.Kubernetes;

/// <summary>
/// What one input may cost. Beyond these, reading ends with an error: hostile input must not exhaust memory or stack.
/// The API server's own limit on nesting is 10,000; no real object comes near 128.
/// </summary>
public sealed record ReadingLimits
{
    public static ReadingLimits Default { get; } = new();

    public int Bytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>YAML only: a long line there is a mistake, where in JSON it is ordinary.</summary>
    public int YamlLineLength { get; init; } = 4 * 1024 * 1024;

    public int Depth { get; init; } = 128;

    /// <summary>Values of one document.</summary>
    public int Nodes { get; init; } = 8_000_000;

    /// <summary>Values that the aliases of one document stand for, each time that they are used.</summary>
    public int AliasedNodes { get; init; } = 1_000_000;
}
