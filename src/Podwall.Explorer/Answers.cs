namespace Podwall.Explorer;

/// <summary>From where to where; <see cref="To"/> may end in a port, as in <c>podwall check</c>.</summary>
public sealed record AskQuestion(string From, string To)
{
    /// <summary>Whether to look for changes that flip the verdict, which takes longer than the verdict.</summary>
    public bool Remedies { get; init; } = true;
}

/// <summary>What came of a question: what is wrong with it, or an answer for every different outcome.</summary>
public sealed record AskReply(IReadOnlyList<string> Problems, IReadOnlyList<Answer> Answers, IReadOnlyList<string> Notes)
{
    public static AskReply Wrong(params IReadOnlyList<string> problems) => new(problems, [], []);
}

/// <summary>One flow, decided and explained; without a port, what may be sent at all.</summary>
public sealed record Answer(string From, string To, string Traffic, bool IsAllowed)
{
    /// <summary>Egress, then ingress; none where no port was asked about.</summary>
    public IReadOnlyList<Side> Sides { get; init; } = [];

    /// <summary>How many more flows of the same question came to the same decision.</summary>
    public int Alike { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Changes that flip the verdict, the smallest first.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];
}

/// <summary>What one direction came to.</summary>
public sealed record Side(string Direction, string Subject, bool IsAllowed, string Why, IReadOnlyList<RuleLine> Rules);

/// <summary>A peer or a port entry of a rule, and why it did not match; empty where it did.</summary>
public sealed record RuleLine(string Text, string Miss, SourceLine? Where)
{
    public bool Matches => Miss.Length == 0;
}

/// <summary>A change that flips a verdict: what to do, the YAML to paste, and what else it does.</summary>
public sealed record Remedy(string Title, string Yaml, IReadOnlyList<string> Effects);
