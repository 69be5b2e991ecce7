using Podwall.Policy;

namespace Podwall.Kubernetes.Client;

/// <summary>The <c>labelSelector</c> of a query: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>; <c>!=</c> and <c>notin</c> hold also where the key is missing.</summary>
public static class LabelSelectorText
{
    /// <summary>The selector; of an empty text the one that selects everything.</summary>
    /// <exception cref="FormatException">
    /// With the API server's message; also for <c>&gt;</c> and <c>&lt;</c>, which the server knows and the engine's selectors do not.
    /// </exception>
    public static Selector Parse(string text) => Selector.Of(new Terms(text).ToList());

    /// <summary>A text that <see cref="Parse"/> reads as the same selector.</summary>
    public static string Format(Selector selector) => string.Join(',', selector.Requirements.Select(Format));

    private static string Format(Requirement requirement) => requirement switch
    {
        Requirement.OneOf { Values: [var value] } one => $"{one.Key}={value}",
        Requirement.OneOf one => $"{one.Key} in ({string.Join(',', one.Values)})",
        Requirement.NoneOf { Values: [var value] } none => $"{none.Key}!={value}",
        Requirement.NoneOf none => $"{none.Key} notin ({string.Join(',', none.Values)})",
        Requirement.Absent absent => $"!{absent.Key}",
        _ => requirement.Key,
    };

    /// <summary>A descent over the tokens; the expectations in its messages are the server's.</summary>
    private sealed class Terms(string text)
    {
        private readonly List<LabelSelectorToken> tokens = LabelSelectorToken.Scan(text);
        private int next;

        private LabelSelectorToken Next => tokens[Math.Min(next, tokens.Count - 1)];

        public List<Requirement> ToList()
        {
            var terms = new List<Requirement>();
            while (!Next.IsEnd)
            {
                if (!BeginsTerm(Next))
                    throw Found(Next, ", expected: !, identifier, or 'end of string'");
                terms.Add(Term());
                if (Next.IsEnd)
                    break;
                if (!Next.Is(","))
                    throw Found(Next, ", expected: ',' or 'end of string'");
                Take();
                if (!BeginsTerm(Next))
                    throw Found(Next, ", expected: identifier after ','");
            }

            return terms;
        }

        private static bool BeginsTerm(LabelSelectorToken token) => token.IsWord || token.Is("!");

        private Requirement Term()
        {
            try
            {
                return Requirement();
            }
            catch (FormatException e)
            {
                throw new FormatException($"unable to parse requirement: {e.Message}");
            }
        }

        private Requirement Requirement()
        {
            var negated = Next.Is("!");
            if (negated)
                Take();
            if (!Next.IsWord)
                throw Found(Next, ", expected: identifier");
            var key = Take().Text;
            // The server has no path for a key, and says so.
            if (Invalid("<nil>", key, NameRules.QualifiedName(key)) is { } error)
                throw new FormatException(error);
            if (negated)
                return new Requirement.Absent(key);
            if (Next.IsEnd || Next.Is(","))
                return new Requirement.Present(key);
            var op = Take();
            return op.Text switch
            {
                "in" => new Requirement.OneOf(key, Values(key)),
                "notin" => new Requirement.NoneOf(key, Values(key)),
                "=" or "==" => new Requirement.OneOf(key, [Value(key)]),
                "!=" => new Requirement.NoneOf(key, [Value(key)]),
                ">" or "<" => throw Comparison(key, op.Text, Value(key)),
                _ => throw Found(op, ", expected: in, notin, =, ==, !=, gt, lt"),
            };
        }

        private static FormatException Comparison(string key, string op, string value) => new(long.TryParse(value, out _)
            ? $"'{key}{op}{value}': comparisons of label values are not supported"
            : $"values[0]: Invalid value: {GoText.Quote(value)}: for 'Gt', 'Lt' operators, the value must be an integer");

        private string Value(string key)
        {
            if (Next.IsEnd || Next.Is(","))
                return "";
            if (!Next.IsWord)
                throw Found(Next, ", expected: identifier");
            return Checked(key, [Take().Text])[0];
        }

        private ValueList<string> Values(string key)
        {
            if (!Next.Is("("))
                throw Found(Next, " expected: '('");
            Take();
            var values = new SortedSet<string>(StringComparer.Ordinal);
            while (true)
            {
                var expected = values.Count == 0 ? ", expected: ',', ')' or identifier" : ", expected: ',', or identifier";
                values.Add(Next.IsWord ? Take().Text : Next.Is(",") || Next.Is(")") ? "" : throw Found(Next, expected));
                if (!Next.Is(",") && !Next.Is(")"))
                    throw Found(Next, ", expected: ',' or ')'");
                if (Take().Is(")"))
                    break;
            }

            return Checked(key, values.ToValueList());
        }

        private static ValueList<string> Checked(string key, ValueList<string> values)
        {
            Check([.. values.Select((value, i) => Invalid($"values[{i}][{key}]", value, NameRules.LabelValue(value))).OfType<string>()]);
            return values;
        }

        private LabelSelectorToken Take()
        {
            var token = Next;
            next++;
            return token;
        }

        private static void Check(List<string> errors)
        {
            if (errors.Count > 0)
                throw new FormatException(errors is [var only] ? only : $"[{string.Join(", ", errors)}]");
        }

        private static string? Invalid(string path, string value, IEnumerable<string> complaints) =>
            string.Join("; ", complaints) is { Length: > 0 } complaint ? $"{path}: Invalid value: {GoText.Quote(value)}: {complaint}" : null;

        private static FormatException Found(LabelSelectorToken token, string expected) => new($"found '{token.Text}'{expected}");
    }
}
