using System.Text;
using Podwall.Policy;

namespace Podwall.Kubernetes.Client;

/// <summary>One term of a field selector: a field that has, or has not, a value.</summary>
public sealed record FieldTerm(string Field, bool IsEqual, string Value);

/// <summary>Field selectors as query strings have them: <c>metadata.name=a,status.phase!=Running</c>.</summary>
public static class FieldSelectorText
{
    /// <exception cref="FormatException">The text is no selector; the message is the API server's.</exception>
    public static ValueList<FieldTerm> Parse(string text) =>
        Split(text).Where(t => t.Length > 0).Select(Term).ToValueList();

    private static FieldTerm Term(string term)
    {
        var equals = term.IndexOf('=');
        if (equals < 0)
            throw new FormatException($"invalid selector: '{term}'; can't understand '{term}'");
        var isEqual = equals == 0 || term[equals - 1] != '!';
        var field = term[..(isEqual ? equals : equals - 1)];
        var value = term[(equals + 1)..];
        return new(field, isEqual, Unescaped(isEqual && value.StartsWith('=') ? value[1..] : value));
    }

    // A backslash takes the meaning from what follows.
    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == ',')
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static string Unescaped(string value)
    {
        StringBuilder plain = new();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\')
            {
                if (++i == value.Length || value[i] is not ('\\' or ',' or '='))
                    throw new FormatException($"invalid field selector: invalid escape sequence in value: {value}");
            }
            else if (value[i] is '=')
                throw new FormatException($"invalid field selector: unescaped character in value: {value}");
            plain.Append(value[i]);
        }

        return plain.ToString();
    }
}
