namespace Podwall.Drawing.Wording;

/// <summary>Counts with their noun.</summary>
public static class Plural
{
    /// <summary><c>1 pod</c>, <c>2 pods</c>; the plural is named where it is no <c>s</c> more.</summary>
    public static string Of(long count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";
}
