using Podwall.Cli.Output;
using Podwall.Policy;

namespace Podwall.Cli.Matrix;

/// <summary>The matrix for a person: a grid where it fits the screen, else one paragraph per destination.</summary>
internal sealed class MatrixText(Paper paper, int width)
{
    private const int LargestGrid = 26;
    private const int WidestCell = 12;
    private const int NamedSources = 6;

    public void Write(MatrixTable table)
    {
        if (table.Groups.Count == 0)
        {
            paper.Line("There are no pods in the input, so there is nobody to reach.");
            return;
        }

        if (table.Groups.Count > LargestGrid || !TryGrid(table))
            for (var to = 0; to < table.Groups.Count; to++)
                WriteParagraph(table, to);
        if (table.HasFamilyDifference)
            paper.Line(new Piece("IPv4 and IPv6 differ for some pairs; shown is what either allows, and -o json tells them apart", Ink.Caution));
    }

    private bool TryGrid(MatrixTable table)
    {
        var cells = Enumerable.Range(0, table.Groups.Count).Select(table.Into).ToArray();
        var notes = new List<Traffic>();
        var rows = new List<Piece[]> { Heading(table.Groups.Count) };
        for (var from = 0; from < table.Groups.Count; from++)
            rows.Add([Label(table.Groups[from], from), .. Enumerable.Range(0, table.Groups.Count).Select(to => Cell(table, cells[to][from], from, to, notes)), Outside(table, from, Direction.Egress)]);
        rows.Add([new("   outside", Ink.Dim), .. Enumerable.Range(0, table.Groups.Count).Select(to => Outside(table, to, Direction.Ingress))]);
        if (rows.Max(r => r.Sum(c => c.Text.Length + 3)) > Math.Max(width, 100))
            return false;
        paper.Line(new Piece("who reaches whom", Ink.Strong), "   (rows send, columns receive)").Line();
        paper.Columns(rows);
        WriteLegend(table, notes);
        return true;
    }

    private static Piece[] Heading(int count) =>
        [new("", Ink.Plain), .. Enumerable.Range(1, count).Select(n => new Piece($"{n}", Ink.Strong)), new("outside", Ink.Dim)];

    private static Piece Label(Group group, int index) => new($"{index + 1,2} {group.Name}{(group.Pods > 1 ? $" ({group.Pods} pods)" : "")}", Ink.Strong);

    private static Piece Cell(MatrixTable table, Traffic traffic, int from, int to, List<Traffic> notes)
    {
        if (from == to && table.Groups[from].Pods == 1)
            return new("\\", Ink.Dim);
        if (traffic.IsNone)
            return new("-", Ink.Bad);
        if (traffic.IsEverything)
            return new("all", Ink.Good);
        var text = Short(traffic);
        if (text.Length <= WidestCell)
            return new(text, Ink.Caution);
        if (!notes.Contains(traffic))
            notes.Add(traffic);
        return new($"({(char)('a' + notes.IndexOf(traffic))})", Ink.Caution);
    }

    private static string Short(Traffic traffic) =>
        traffic.Udp.IsEmpty && traffic.Sctp.IsEmpty && !traffic.PortLess && !traffic.Tcp.IsAll ? $"{traffic.Tcp}" : $"{traffic}";

    private static Piece Outside(MatrixTable table, int group, Direction direction)
    {
        var reach = table.Outside(group, direction).ToArray();
        return reach.Length == 0 ? new("-", Ink.Bad)
            : reach.All(r => r.Traffic.IsEverything && r.Addresses.Equals(AddressSet.Everything)) ? new("all", Ink.Good)
            : new("part", Ink.Caution);
    }

    private void WriteLegend(MatrixTable table, List<Traffic> notes)
    {
        paper.Line().Line(new Piece("all", Ink.Good), " everything   ", new Piece("-", Ink.Bad), " nothing   ", new Piece("80", Ink.Caution), " TCP port 80 alone");
        foreach (var (traffic, index) in notes.Select((t, i) => (t, i)))
            paper.Line(new Piece($"({(char)('a' + index)})", Ink.Caution), $" {traffic}");
        foreach (var (group, index) in table.Groups.Select((g, i) => (g, i)))
            foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
                WriteOutside(table, group, index, direction);
    }

    private void WriteOutside(MatrixTable table, Group group, int index, Direction direction)
    {
        foreach (var reach in table.Outside(index, direction).Where(r => !r.Traffic.IsEverything || !r.Addresses.Equals(AddressSet.Everything)))
            paper.Line(new Piece("part", Ink.Caution), direction == Direction.Ingress ? $" {AddressText.Of(reach.Addresses)} -> {group.Name}: {reach.Traffic}" : $" {group.Name} -> {AddressText.Of(reach.Addresses)}: {reach.Traffic}");
    }

    private void WriteParagraph(MatrixTable table, int to)
    {
        var group = table.Groups[to];
        var traffic = table.Into(to);
        paper.Put("to ").Put(group.Name, Ink.Strong).Put(group.Pods > 1 ? $" ({group.Pods} pods)" : "")
            .Line(new Piece(group.IsIsolated(Direction.Ingress) ? $"   isolated by {string.Join(", ", group.IsolatedBy(Direction.Ingress))}" : "   open: no policy governs its ingress", Ink.Dim));
        List<Piece[]> rows = [];
        foreach (var sources in Enumerable.Range(0, traffic.Length).Where(s => s != to).GroupBy(s => traffic[s]).OrderBy(g => g.Key.IsNone).ThenByDescending(g => g.Count()))
            rows.Add(sources.Key.IsNone
                ? [new("nothing", Ink.Bad), $"from {(sources.Count() == traffic.Length - 1 ? "any other group" : $"the other {sources.Count()} groups")}"]
                : [new($"{sources.Key}", Ink.Good), $"from {Names(table, [.. sources])}"]);
        foreach (var reach in table.Outside(to, Direction.Ingress))
            rows.Add([new($"{reach.Traffic}", Ink.Good), $"from outside: {AddressText.Of(reach.Addresses)}"]);
        paper.Columns(rows, "   ");
        paper.Line();
    }

    private static string Names(MatrixTable table, int[] sources) => sources.Length == table.Groups.Count - 1 && sources.Length > 1
        ? $"all {sources.Length} other groups"
        : sources.Length <= NamedSources ? string.Join("; ", sources.Select(s => table.Groups[s].Name))
        : $"{string.Join("; ", sources.Take(NamedSources).Select(s => table.Groups[s].Name))}; and {sources.Length - NamedSources} more groups";
}
