namespace Podwall.Explorer;

/// <summary>
/// Rows send, columns receive; each grouped by <c>workload</c>, <c>namespace</c>, <c>pod</c>, or the values of a label of the pods,
/// such as <c>label:tier</c>. Columns without a grouping of their own are grouped as the rows are.
/// </summary>
public sealed record MatrixQuestion(string Rows = "workload", string Columns = "", IReadOnlyList<string>? Namespaces = null);

/// <summary>The matrix; <see cref="Problem"/> says why there is none. The last row and the last column are the world outside.</summary>
public sealed record MatrixAnswer(string Problem, IReadOnlyList<MatrixEnd> Senders, IReadOnlyList<MatrixEnd> Receivers, IReadOnlyList<IReadOnlyList<MatrixCell>> Rows)
{
    public static MatrixAnswer Wrong(string problem) => new(problem, [], [], []);
}

/// <summary>A row or a column of the matrix; the one without pods is outside the cluster.</summary>
public sealed record MatrixEnd(string Name, int Pods);

/// <summary>What passes: short for the cell, in full for whoever asks; the kind is <c>all</c>, <c>some</c>, <c>none</c> or <c>self</c>.</summary>
public sealed record MatrixCell(string Kind, string Label, string Full);

/// <summary>What two versions of a cluster allow differently.</summary>
public sealed record ChangesAnswer(string Problem, IReadOnlyList<ChangeLine> Changes, IReadOnlyList<string> OnlyBefore, IReadOnlyList<string> OnlyAfter)
{
    /// <summary>Differences that are left out of <see cref="Changes"/>, because nobody reads that many.</summary>
    public int Omitted { get; init; }

    public static ChangesAnswer Wrong(string problem) => new(problem, [], [], []);
}

/// <summary>One difference: who, to whom, what was added and what was taken away.</summary>
public sealed record ChangeLine(string From, string To, string Added, string Removed);
