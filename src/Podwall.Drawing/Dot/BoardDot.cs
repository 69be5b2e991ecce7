using System.Text;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Dot;

/// <summary>A board in Graphviz' language, for those who lay out large graphs themselves.</summary>
public static class BoardDot
{
    public static string Draw(Board board)
    {
        var ends = new GraphEnds(board);
        var text = new StringBuilder();
        text.Append("digraph board {\n  graph [rankdir=LR, compound=true, fontname=\"Helvetica\", nodesep=0.4, ranksep=1.2];\n");
        text.Append("  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11];\n  edge [fontname=\"Helvetica\", fontsize=10];\n");
        if (board.Notes.Count > 0)
            text.Append($"  label={Quoted(board.Notes, "\\l")}; labeljust=l;\n");
        foreach (var place in board.Places)
        {
            text.Append($"  subgraph cluster_{ends[place]} {{\n    label={Quoted(place.Lines(board))}; style=rounded; labeljust=l;\n");
            if (place.Cards.Count == 0)
                text.Append($"    {ends[place]} [label=\"no pods\", shape=plaintext];\n");
            foreach (var card in place.Cards)
                text.Append($"    {ends[card]} [label={Quoted(card.Lines(board))}{Style(card)}];\n");
            text.Append("  }\n");
        }

        foreach (var (end, id) in ends.Several)
            text.Append($"  {id} [label={Quoted([end.Name])}, shape=oval];\n");
        foreach (var (from, to, connection) in ends.Edges)
            text.Append($"  {Node(ends, from)} -> {Node(ends, to)} [label={Quoted([connection.ChangeLabel()])}{Style(connection)}{Cluster(ends, from, "ltail")}{Cluster(ends, to, "lhead")}];\n");
        return text.Append("}\n").ToString();
    }

    private static string Node(GraphEnds ends, End end) => end is End.Whole whole ? ends[whole.Place.Cards[0]] : ends[end];

    private static string Cluster(GraphEnds ends, End end, string attribute) => end is End.Whole whole ? $", {attribute}=cluster_{ends[whole.Place]}" : "";

    private static string Style(Card card) => card.After switch
    {
        null => "",
        { AreOpen: true } => ", style=\"rounded,dashed\"",
        _ => ", color=\"#2563eb\", penwidth=2",
    };

    private static string Style(Connection connection) => (connection.BothWays ? ", dir=both" : "") + connection.Change switch
    {
        Change.Removed => ", style=dashed, color=\"#c92a2a\", arrowhead=teetee" + (connection.BothWays ? ", arrowtail=teetee" : ""),
        Change.Added => ", color=\"#2b8a3e\", penwidth=2",
        Change.Kept => ", color=\"#2b8a3e\"",
        _ => ", color=\"#b45309\"",
    };

    private static string Quoted(IEnumerable<string> lines, string lineEnd = "\\n")
    {
        var escaped = lines.Select(l => OneLine.Of(l).Replace("\\", "\\\\").Replace("\"", "\\\""));
        return $"\"{string.Join(lineEnd, escaped)}{(lineEnd == "\\l" ? lineEnd : "")}\"";
    }
}
