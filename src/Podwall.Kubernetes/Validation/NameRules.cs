using System.Buffers;
using System.Text;

namespace Podwall.Kubernetes;

/// <summary>The API server's rules for names, each with all its complaints about a text; none means that it is valid.</summary>
internal static class NameRules
{
    private const string LabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainFormat = LabelFormat + @"(\." + LabelFormat + ")*";
    private const string QualifiedFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string QualifiedHint = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("-abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> QualifiedCharacters = SearchValues.Create("-_.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    public static IEnumerable<string> Subdomain(string text)
    {
        if (LengthOf(text) > 253)
            yield return TooLong(253);
        if (!IsSubdomain(text))
            yield return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
                + Example(SubdomainFormat, "example.com");
    }

    public static IEnumerable<string> DnsLabel(string text)
    {
        if (LengthOf(text) > 63)
            yield return TooLong(63);
        if (IsLabel(text))
            yield break;
        // The server's hint for a dotted name, which would do elsewhere.
        yield return IsSubdomain(text)
            ? "must not contain dots"
            : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
                + Example(LabelFormat, "my-name", "123-abc");
    }

    /// <summary>RFC 1035: as a label, but beginning with a letter. Services are named so.</summary>
    public static IEnumerable<string> ServiceName(string text)
    {
        if (LengthOf(text) > 63)
            yield return TooLong(63);
        if (!(IsLabel(text) && char.IsAsciiLetterLower(text[0])))
            yield return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
                + Example("[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123");
    }

    /// <summary>A label's key: a name, with a DNS prefix or without.</summary>
    public static IEnumerable<string> QualifiedName(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2)
        {
            yield return $"a qualified name {QualifiedHint}{Example(QualifiedFormat, "MyName", "my.name", "123-abc")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            yield break;
        }

        if (parts is ["", _])
            yield return "prefix part must be non-empty";
        else if (parts is [var prefix, _])
            foreach (var complaint in Subdomain(prefix))
                yield return $"prefix part {complaint}";
        var name = parts[^1];
        if (name.Length == 0)
            yield return "name part must be non-empty";
        else if (LengthOf(name) > 63)
            yield return $"name part {TooLong(63)}";
        if (!IsQualified(name))
            yield return $"name part {QualifiedHint}{Example(QualifiedFormat, "MyName", "my.name", "123-abc")}";
    }

    public static IEnumerable<string> LabelValue(string text)
    {
        if (LengthOf(text) > 63)
            yield return TooLong(63);
        if (text.Length > 0 && !IsQualified(text))
            yield return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
                + Example($"({QualifiedFormat})?", "MyValue", "my_value", "12345");
    }

    public static IEnumerable<string> PortName(string text)
    {
        if (LengthOf(text) > 15)
            yield return TooLong(15);
        if (text.Length == 0 || text.Any(c => c is not ('-' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))))
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!text.Any(char.IsAsciiLetterLower))
            yield return "must contain at least one letter (a-z)";
        if (text.Contains("--"))
            yield return "must not contain consecutive hyphens";
        if (text.StartsWith('-') || text.EndsWith('-'))
            yield return "must not begin or end with a hyphen";
    }

    public static IEnumerable<string> PortNumber(long number) =>
        number is >= 1 and <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];

    private static int LengthOf(string text) => Encoding.UTF8.GetByteCount(text);

    private static string TooLong(int longest) => $"must be no more than {longest} characters";

    private static string Example(string format, params ReadOnlySpan<string> examples) =>
        $" (e.g. {string.Join(" or ", examples.ToArray().Select(e => $"'{e}', "))}regex used for validation is '{format}')";

    // The server's patterns, by hand: a hundred thousand labels are checked in a large cluster.
    private static bool IsLabel(ReadOnlySpan<char> text) =>
        !text.IsEmpty && IsAlphanumeric(text[0]) && IsAlphanumeric(text[^1]) && text.IndexOfAnyExcept(LabelCharacters) < 0;

    private static bool IsSubdomain(string text)
    {
        foreach (var part in text.AsSpan().Split('.'))
            if (!IsLabel(text.AsSpan()[part]))
                return false;
        return true;
    }

    private static bool IsQualified(string text) =>
        text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.AsSpan().IndexOfAnyExcept(QualifiedCharacters) < 0;

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
