namespace Podwall.Kubernetes;

/// <summary>Keeps one copy of the short strings that come again in every object: keys, labels, names.</summary>
internal sealed class StringPool
{
    private const int LongestKept = 80;

    private readonly HashSet<string> kept = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> bySpan;

    public StringPool() => bySpan = kept.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Intern(string text)
    {
        if (text.Length > LongestKept)
            return text;
        if (kept.TryGetValue(text, out var known))
            return known;
        kept.Add(text);
        return text;
    }

    public string Intern(ReadOnlySpan<char> text)
    {
        if (text.Length > LongestKept)
            return text.ToString();
        if (bySpan.TryGetValue(text, out var known))
            return known;
        var fresh = text.ToString();
        kept.Add(fresh);
        return fresh;
    }
}
