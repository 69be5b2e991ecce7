namespace Podwall.Explorer;

/// <summary>
/// What of a cluster to draw: arrows that end at pods which all of namespaces, labels and search name, with their other ends.
/// Empty lists and strings ask for no restriction. What is not drawn has its part in every verdict all the same.
/// </summary>
public sealed record BoardQuestion
{
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>A label selector as kubectl takes it, such as <c>tier=backend,env!=dev</c>.</summary>
    public string Labels { get; init; } = "";

    /// <summary>Part of the names of pods and workloads.</summary>
    public string Search { get; init; } = "";

    /// <summary>A port, such as <c>80</c> or <c>53/udp</c>.</summary>
    public string Port { get; init; } = "";

    /// <summary>One pod or workload, <c>ns/name</c>: who reaches it, whom it reaches.</summary>
    public string Centre { get; init; } = "";

    /// <summary><c>ingress</c> for what comes to the pods that are asked for, <c>egress</c> for what leaves them, empty for both.</summary>
    public string Direction { get; init; } = "";

    /// <summary>Pixels to stay within.</summary>
    public int Width { get; init; } = 1200;

    /// <summary>Compare with the earlier version of the question's cluster, where there is one.</summary>
    public bool Compare { get; init; }
}

/// <summary>A picture and the same facts as a list; or what is wrong with the question.</summary>
public sealed record BoardAnswer(string Problem, string Svg, IReadOnlyList<ArrowFact> Arrows, IReadOnlyList<string> Facts)
{
    public IReadOnlyList<CardFact> Cards { get; init; } = [];

    public static BoardAnswer Wrong(string problem) => new(problem, "", [], []);
}

/// <summary>An arrow of the picture: its <c>data-connection</c>, its sentence, and what became of it.</summary>
public sealed record ArrowFact(int Index, string Sentence, string Kind)
{
    /// <summary>Why; null where it was not worked out yet, and is to be asked for.</summary>
    public IReadOnlyList<Answer>? Reasons { get; init; }
}

/// <summary>
/// A card of the picture, its <c>data-card</c>, and how to look at it alone: by a pod of it as the centre of a question, or,
/// where the card draws different things together, by its namespace.
/// </summary>
public sealed record CardFact(string Card, string Centre, string Namespace);

/// <summary>An arrow of a board, known by its sentence: numbers may mean another arrow by the time of the question.</summary>
public sealed record ArrowQuestion(BoardQuestion Board, string Sentence);

/// <summary>A board to keep in a file, as <c>podwall draw</c> makes it.</summary>
public sealed record ExportQuestion(BoardQuestion Board, BoardFormat Format);

/// <summary>The text of a drawing, or why there is none.</summary>
public sealed record ExportAnswer(string Problem, string Text);

public enum BoardFormat
{
    Svg,
    Markdown,
    Mermaid,
}
