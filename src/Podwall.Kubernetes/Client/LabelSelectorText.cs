using Podwall.Policy;

namespace Podwall.Kubernetes.Client;

/// <summary>Label selectors as query strings have them: <c>app=web,tier in (a,b),!old</c>.</summary>
public static class LabelSelectorText
{
    /// <exception cref="FormatException">The text is no selector; the message is the API server's.</exception>
    public static Selector Parse(string text)
    {
        var tokens = new Queue<string>(Tokens(text));
        List<Requirement> terms = [];
        while (tokens.Count > 0)
        {
            terms.Add(Term(tokens));
            if (tokens.TryDequeue(out var next) && next != ",")
                throw new FormatException($"found '{next}', expected: ',' or 'end of string'");
            if (next == "," && tokens.Count == 0)
                throw new FormatException("found '', expected: identifier after ','");
        }

        return Selector.Of(terms);
    }

    private static Requirement Term(Queue<string> tokens)
    {
        var isAbsent = tokens.Peek() == "!" && tokens.Dequeue() == "!";
        if (!tokens.TryDequeue(out var key) || IsMark(key))
            throw new FormatException($"unable to parse requirement: found '{key}', expected: identifier");
        Check(key, NameRules.QualifiedName(key), "name part");
        if (isAbsent)
            return new Requirement.Absent(key);
        if (!tokens.TryPeek(out var mark) || mark == ",")
            return new Requirement.Present(key);
        tokens.Dequeue();
        return mark switch
        {
            "=" or "==" => new Requirement.OneOf(key, [Value(tokens)]),
            "!=" => new Requirement.NoneOf(key, [Value(tokens)]),
            "in" => new Requirement.OneOf(key, Values(tokens)),
            "notin" => new Requirement.NoneOf(key, Values(tokens)),
            "<" or ">" => throw new FormatException($"the operator '{mark}' is not supported here"),
            _ => throw new FormatException($"unable to parse requirement: found '{mark}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private static string Value(Queue<string> tokens)
    {
        if (!tokens.TryPeek(out var value) || value == ",")
            return "";
        tokens.Dequeue();
        if (IsMark(value))
            throw new FormatException($"unable to parse requirement: found '{value}', expected: identifier");
        Check(value, NameRules.LabelValue(value), "a valid label");
        return value;
    }

    private static ValueList<string> Values(Queue<string> tokens)
    {
        if (!tokens.TryDequeue(out var open) || open != "(")
            throw new FormatException($"unable to parse requirement: found '{open}', expected: '('");
        List<string> values = [];
        while (true)
        {
            values.Add(Value(tokens, closing: ")"));
            if (!tokens.TryDequeue(out var next))
                throw new FormatException("unable to parse requirement: found '', expected: ',' or ')'");
            if (next == ")")
                return values.ToValueList();
            if (next != ",")
                throw new FormatException($"unable to parse requirement: found '{next}', expected: ',' or ')'");
        }
    }

    private static string Value(Queue<string> tokens, string closing) => tokens.TryPeek(out var next) && next == closing ? "" : Value(tokens);

    private static void Check(string text, IEnumerable<string> complaints, string what)
    {
        if (complaints.FirstOrDefault() is { } complaint)
            throw new FormatException($"unable to parse requirement: {(what == "name part" ? "key" : "values[0]")}: Invalid value: {GoText.Quote(text)}: {complaint}");
    }

    private static bool IsMark(string token) => token is "," or "=" or "==" or "!=" or "!" or "(" or ")" or "<" or ">";

    private static IEnumerable<string> Tokens(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var start = i;
            if (text.AsSpan(i).StartsWith("==") || text.AsSpan(i).StartsWith("!="))
                i += 2;
            else if ("=!(),<>".Contains(text[i], StringComparison.Ordinal))
                i++;
            else
                while (i < text.Length && !char.IsWhiteSpace(text[i]) && !"=!(),<>".Contains(text[i], StringComparison.Ordinal))
                    i++;
            yield return text[start..i];
        }
    }
}
