namespace Podwall.Kubernetes.Client;

/// <summary>A word, an operator or a bracket of a label selector; <c>in</c> and <c>notin</c> are words that the grammar may take for operators.</summary>
internal readonly record struct LabelSelectorToken(string Text, bool IsWord)
{
    private const string Symbols = "=!(),><";

    public bool IsEnd => Text.Length == 0;

    public bool Is(string symbol) => !IsWord && Text == symbol;

    /// <summary>The tokens of a text, the last one empty.</summary>
    public static List<LabelSelectorToken> Scan(string text)
    {
        var tokens = new List<LabelSelectorToken>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            if (IsSpace(text[i]))
                i++;
            else if (Symbols.Contains(text[i]))
            {
                i += text.AsSpan(i) is ['=' or '!', '=', ..] ? 2 : 1;
                tokens.Add(new(text[start..i], IsWord: false));
            }
            else
            {
                while (i < text.Length && !IsSpace(text[i]) && !Symbols.Contains(text[i]))
                    i++;
                tokens.Add(new(text[start..i], IsWord: true));
            }
        }

        tokens.Add(new("", IsWord: false));
        return tokens;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';
}
