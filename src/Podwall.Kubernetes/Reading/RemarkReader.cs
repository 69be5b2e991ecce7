using System.Text;

namespace Podwall.Kubernetes;

/// <summary>Finds the comments that begin with <c># podwall:</c>; the tree keeps no comments.</summary>
internal static class RemarkReader
{
    private const string Mark = "# podwall:";

    public static IEnumerable<Remark> Read(string file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("# podwall:"u8) < 0)
            return [];
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        return [.. lines.Select((text, i) => (Text: text, Index: i, At: StartIn(text))).Where(l => l.At >= 0)
            .Select(l => new Remark(new(file, l.Index + 1, l.At + 1), LineMeant(lines, l.Index) + 1, l.Text[(l.At + Mark.Length)..].Trim()))];
    }

    // A comment begins the line or follows a blank; anything else is part of a value.
    private static int StartIn(string line) => line.IndexOf(Mark, StringComparison.Ordinal) is var at && at > 0 && !char.IsWhiteSpace(line[at - 1]) ? -1 : at;

    private static int LineMeant(string[] lines, int index)
    {
        if (!IsComment(lines[index]))
            return index;
        var next = Array.FindIndex(lines, index, l => l.Trim() is { Length: > 0 } said && !IsComment(l) && !said.StartsWith("---", StringComparison.Ordinal));
        return next < 0 ? index : next;
    }

    private static bool IsComment(string line) => line.TrimStart().StartsWith('#');
}
