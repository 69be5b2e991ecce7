namespace Podwall.Kubernetes;

/// <summary>A place in an input; lines and columns count from 1.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column) : IComparable<SourcePosition>
{
    public int CompareTo(SourcePosition other) =>
        string.CompareOrdinal(File, other.File) is not 0 and var byFile ? byFile
        : Line != other.Line ? Line.CompareTo(other.Line)
        : Column.CompareTo(other.Column);

    internal SourcePosition Moved(int lines) => this with { Line = Line + lines };

    public override string ToString() => $"{File}:{Line}:{Column}";
}
