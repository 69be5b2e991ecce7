using System.Text;

namespace Podwall.Kubernetes;

/// <summary>What to write instead of a label that the API refuses.</summary>
internal static class LabelFixes
{
    public static string ForKey(string key) => key.Count(c => c == '/') > 1
        ? "Use one '/' at most: prefix.example.com/name."
        : Sanitized(key[(key.IndexOf('/') + 1)..], "-_.") is { Length: > 0 } name
            ? $"Write for example '{name}'; before a '/' only a lower case DNS name may stand."
            : "Give the label a key of letters, digits, '-', '_' and '.'.";

    public static string ForValue(string value) => value.Length > 63
        ? "Shorten it to 63 characters; long texts belong in an annotation."
        : Sanitized(value, "-_.") is { Length: > 0 } written
            ? $"Write for example '{written}'."
            : "Use letters, digits, '-', '_' and '.', beginning and ending with a letter or digit.";

    /// <summary>The text with a '-' for each run of characters that may not stand, and clean ends.</summary>
    public static string Sanitized(string text, string alsoAllowed)
    {
        var kept = new StringBuilder();
        foreach (var c in text)
            if (char.IsAsciiLetterOrDigit(c) || alsoAllowed.Contains(c))
                kept.Append(c);
            else if (kept.Length > 0 && kept[^1] != '-')
                kept.Append('-');
        var clean = kept.ToString().Trim('-', '_', '.');
        return clean.Length > 63 ? clean[..63].Trim('-', '_', '.') : clean;
    }
}
