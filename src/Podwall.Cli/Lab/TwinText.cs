using Podwall.Cli.Output;

namespace Podwall.Cli.Lab;

/// <summary>Two views of the same flows side by side; columns get numbers where their names are too wide.</summary>
internal sealed class TwinText(Paper paper, string left, string right, int width)
{
    private const string Indent = "  ";
    private const int Gap = 2;

    public void Write(IReadOnlyList<TwinMatrix> matrices)
    {
        foreach (var matrix in matrices.Where(m => m.Columns.Count > 0))
            Write(matrix);
        var open = matrices.Where(m => m.Columns.Count == 0).SelectMany(m => m.Ports).ToArray();
        if (open.Length > 0)
            paper.Line(new Piece($"{Indent}{string.Join(", ", open)}: everything is allowed, {left} and {right}", Ink.Dim));
    }

    private void Write(TwinMatrix matrix)
    {
        var ports = string.Join(", ", matrix.Ports);
        var label = matrix.Rows.Max(r => r.Name.Length);
        string[] names = [.. matrix.Columns.Select(c => c.Name)];
        var isNumbered = Indent.Length + label + 2 * names.Sum(n => Math.Max(n.Length, 4) + Gap) + Gap > width;
        string[] heads = isNumbered ? [.. names.Select((_, i) => $"{i + 1}")] : names;
        int[] widths = [.. heads.Select(h => Math.Max(h.Length, 4))];
        var view = widths.Sum() + Gap * widths.Length;
        paper.Line(new Piece($"{Indent}{ports}", Ink.Strong));
        paper.Put(new string(' ', Indent.Length + label + Gap)).Put(left.PadRight(view + Gap), Ink.Dim).Line(new Piece(right, Ink.Dim));
        paper.Put(new string(' ', Indent.Length + label + Gap));
        Row(heads.Select(h => new Piece(h, Ink.Strong)), widths, separator: new string(' ', Gap));
        Row(heads.Select(h => new Piece(h, Ink.Strong)), widths, separator: "\n");
        foreach (var row in matrix.Rows)
        {
            paper.Put(Indent).Put(row.Name.PadRight(label + Gap), Ink.Strong);
            var cells = matrix.Columns.Select(c => matrix.At(row, c)).ToArray();
            Row(cells.Select(c => new Piece(c.Left, Ink.Dim)), widths, separator: new string(' ', Gap));
            Row(cells.Select(After), widths, separator: "\n");
        }

        if (isNumbered)
            Listing("", names.Select((n, i) => $"{i + 1} {n}"), "   ");
        if (matrix.Open.Count > 0)
            Listing("allowed throughout: to ", matrix.Open.Select(o => o.Name), ", ");
    }

    private void Listing(string begin, IEnumerable<string> names, string separator)
    {
        var line = Indent + begin;
        var isFirst = true;
        foreach (var name in names)
        {
            if (!isFirst && line.Length + separator.Length + name.Length > width)
            {
                paper.Line(new Piece(line + separator.TrimEnd(), Ink.Dim));
                (line, isFirst) = (Indent + Indent, true);
            }

            line += (isFirst ? "" : separator) + name;
            isFirst = false;
        }

        paper.Line(new Piece(line, Ink.Dim));
    }

    private static Piece After(TwinCell cell) => new(
        (cell.IsChanged ? cell.Right.ToUpperInvariant() : cell.Right) + (cell.Wrong ? "!" : ""),
        cell.Wrong ? Ink.Bad : !cell.IsChanged ? Ink.Plain : cell.Right == "yes" ? Ink.Good : cell.Right == "no" ? Ink.Bad : Ink.Caution);

    private void Row(IEnumerable<Piece> cells, int[] widths, string separator)
    {
        var all = cells.ToArray();
        for (var c = 0; c < all.Length; c++)
            paper.Put(all[c].Text, all[c].Ink).Put(c < all.Length - 1 || separator != "\n" ? new string(' ', widths[c] - all[c].Text.Length + Gap) : "");
        if (separator == "\n")
            paper.Line();
        else
            paper.Put(separator);
    }
}
