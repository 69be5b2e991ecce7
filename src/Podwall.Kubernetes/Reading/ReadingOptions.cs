namespace Podwall.Kubernetes;

/// <summary>
/// How to read. <see cref="Lenient"/> turns faults of objects into warnings and closes what the object selects: a faulty
/// policy isolates, a rule with a fault allows nothing, and pods whose labels cannot be read in full are isolated. What
/// cannot be parsed at all stays an error: nobody knows what it would have selected.
/// </summary>
public sealed record ReadingOptions
{
    public static ReadingOptions Default { get; } = new();

    public bool Lenient { get; init; }

    public ReadingLimits Limits { get; init; } = ReadingLimits.Default;

    /// <summary>What earlier readings left, where the same input is read again and again.</summary>
    public ReadingMemory? Memory { get; init; }
}
