namespace Podwall.Drawing.Wording;

/// <summary>Counts with their noun.</summary>
internal static class Plural
{
    public static string Of(int count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";
}
