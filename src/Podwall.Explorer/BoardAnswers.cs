namespace Podwall.Explorer;

/// <summary>What of a cluster to draw. Empty lists and strings ask for no restriction.</summary>
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

    /// <summary><c>ingress</c>, <c>egress</c> or empty for both; with a centre.</summary>
    public string Direction { get; init; } = "";

    /// <summary>Pixels to stay within.</summary>
    public int Width { get; init; } = 1200;

    /// <summary>Compare with the earlier version of the question's cluster, where there is one.</summary>
    public bool Compare { get; init; }
}

/// <summary>A picture and the same facts as a list; or what is wrong with the question.</summary>
public sealed record BoardAnswer(string Problem, string Svg, IReadOnlyList<ArrowFact> Arrows, IReadOnlyList<string> Facts)
{
    public string Mermaid { get; init; } = "";

    public string Markdown { get; init; } = "";

    /// <summary>The picture with its own style sheet, to keep.</summary>
    public string Download { get; init; } = "";

    public static BoardAnswer Wrong(string problem) => new(problem, "", [], []);
}

/// <summary>An arrow of the picture: its <c>data-connection</c>, its sentence, what became of it, and the reasons.</summary>
public sealed record ArrowFact(int Index, string Sentence, string Kind, IReadOnlyList<Answer> Reasons);
