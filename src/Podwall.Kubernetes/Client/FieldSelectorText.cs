using System.Text;
using Podwall.Policy;

namespace Podwall.Kubernetes.Client;

/// <summary>One term of a field selector: <c>metadata.name=web</c>, or <c>!=</c> where not <paramref name="IsEqual"/>.</summary>
public sealed record FieldTerm(string Field, bool IsEqual, string Value);

/// <summary>The <c>fieldSelector</c> of a query: <c>metadata.name=web,metadata.namespace!=default</c>; which fields a resource knows is not its matter.</summary>
public static class FieldSelectorText
{
    private static readonly string[] Operators = ["!=", "==", "="];

    /// <summary>The terms in the order of the text; none of an empty one. In values <c>\,</c>, <c>\=</c> and <c>\\</c> stand for themselves.</summary>
    /// <exception cref="FormatException">With the API server's message.</exception>
    public static ValueList<FieldTerm> Parse(string text) =>
        SplitTerms(text).Where(t => t.Length > 0).Select(t => ParseTerm(t, text)).ToValueList();

    private static FieldTerm ParseTerm(string term, string text)
    {
        for (var i = 0; i < term.Length; i++)
            foreach (var op in Operators)
                if (term.AsSpan(i).StartsWith(op, StringComparison.Ordinal))
                    return new(term[..i], op != "!=", Unescape(term[(i + op.Length)..]));
        throw new FormatException($"invalid selector: '{text}'; can't understand '{term}'");
    }

    private static IEnumerable<string> SplitTerms(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '\\')
                i++;
            else if (text[i] == ',')
            {
                yield return text[start..i];
                start = i + 1;
            }

        yield return text[start..];
    }

    private static string Unescape(string value)
    {
        var unescaped = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
            switch (value[i])
            {
                case '\\' when i + 1 < value.Length && value[i + 1] is ('\\' or ',' or '='):
                    unescaped.Append(value[++i]);
                    break;
                case '\\':
                    throw new FormatException($"invalid field selector: invalid escape sequence: {value.AsSpan(i, Math.Min(2, value.Length - i))}");
                // The number of the character is what the server says.
                case '=' or ',':
                    throw new FormatException($"invalid field selector: unescaped character in value: {(int)value[i]}");
                default:
                    unescaped.Append(value[i]);
                    break;
            }
        return unescaped.ToString();
    }
}
