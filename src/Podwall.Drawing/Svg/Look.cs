namespace Podwall.Drawing.Svg;

/// <summary>How a connection looks at a phase; the name is its CSS class.</summary>
internal enum Look
{
    Allow,
    Add,
    Change,
    Deny,
}

internal static class Looks
{
    /// <summary>Null where one of the ends is not there at the phase.</summary>
    public static Look? LookAt(this Connection connection, Phase phase)
    {
        var here = connection.At(phase);
        if (here.Extent == Extent.Absent)
            return null;
        if (here.IsNone)
            return Look.Deny;
        return phase == Phase.Before ? Look.Allow : connection.Change switch
        {
            Drawing.Change.Kept => Look.Allow,
            Drawing.Change.Added => Look.Add,
            _ => Look.Change,
        };
    }

    public static string Css(this Look look) => look switch
    {
        Look.Allow => "allow",
        Look.Add => "add",
        Look.Change => "change",
        _ => "deny",
    };

    public static string Css(this Mark mark) => mark switch
    {
        Mark.Open => "open",
        Mark.Closed => "closed",
        _ => "isolated",
    };
}
