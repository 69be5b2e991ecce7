namespace Podwall.Drawing.Wording;

/// <summary>Says what a connection lets pass, in a few words or in full. Every renderer takes its words from here.</summary>
internal static class ConnectionText
{
    /// <summary>What stands on an arrow at a phase; null where the arrow is not drawn then.</summary>
    public static string? Label(this Connection connection, Phase phase) =>
        Label(connection, phase, connection.At(phase), connection.At(phase == Phase.Before ? Phase.After : Phase.Before));

    /// <summary>What stands in a line inside a box.</summary>
    public static string Inscription(this Connection connection, Phase phase) => connection.At(phase).IsNone ? "denied" : connection.Label(phase)!;

    /// <summary>What stands on an arrow that shows both phases at once.</summary>
    public static string ChangeLabel(this Connection connection) => connection.Change switch
    {
        Change.Kept => Short(connection.After),
        Change.Added => $"new: {Short(connection.After)}",
        Change.Removed => $"{(connection.After.Extent == Extent.Absent ? "gone" : "denied")}: {Short(connection.Before)}",
        _ => $"{Short(connection.After)}, was {Short(connection.Before)}",
    };

    public static string Sentence(this Connection connection, bool isComparison)
    {
        var ends = connection.IsInner
            ? $"among {connection.From}"
            : $"{connection.From} {(connection.BothWays ? "and" : "to")} {connection.To}{(connection.BothWays ? ", both ways" : "")}";
        return isComparison ? $"{ends}: {Story(connection)}" : $"{ends}: {Full(connection.After)}";
    }

    private static string? Label(Connection connection, Phase phase, Allowance here, Allowance there)
    {
        if (here.Extent == Extent.Absent)
            return null;
        if (here.IsNone)
            return $"denied: {Short(there)}";
        return (phase, connection.Change) switch
        {
            (Phase.Before, _) or (_, Change.Kept) => Short(here),
            (_, Change.Added) => $"new: {Short(here)}",
            (_, Change.Narrowed) => $"only {Short(here)}",
            _ => $"now {Short(here)}",
        };
    }

    private static string Story(Connection connection)
    {
        var (before, after) = (connection.Before, connection.After);
        return connection.Change switch
        {
            Change.Kept => $"as before, {Full(after)}",
            Change.Added when before.Extent == Extent.Absent => $"came with its pods, {Full(after)}",
            Change.Added => $"now allowed, {Full(after)}; denied before",
            Change.Removed when after.Extent == Extent.Absent => $"gone with its pods; before, {Full(before)}",
            Change.Removed => $"now denied; before, {Full(before)}",
            var change => $"{change.ToString().ToLowerInvariant()} to {Full(after)}; before, {Full(before)}",
        };
    }

    private static string Short(Allowance allowance) => Text(allowance, TrafficText.Short(allowance.Traffic));

    private static string Full(Allowance allowance) => Text(allowance, TrafficText.Full(allowance.Traffic));

    private static string Text(Allowance allowance, string traffic) => allowance.Extent == Extent.Some ? $"{traffic} (some)" : traffic;
}
