using System.Text;
using Podwall.Drawing.Wording;

namespace Podwall.Drawing.Mermaid;

/// <summary>A board as a Mermaid flowchart, which GitHub and GitLab draw where it stands in Markdown.</summary>
public static class BoardMermaid
{
    public static string Draw(Board board)
    {
        var ends = new GraphEnds(board);
        var text = new StringBuilder("flowchart LR\n");
        foreach (var place in board.Places)
        {
            // A second line of the title would lie under the first card.
            text.Append($"  subgraph {ends[place]}[\"{MermaidText.Of([string.Join(" · ", place.Lines(board))])}\"]\n");
            foreach (var card in place.Cards)
                text.Append($"    {ends[card]}[\"{MermaidText.Of(card.Lines(board))}\"]{ClassOf(card)}\n");
            text.Append("  end\n");
        }

        foreach (var (end, id) in ends.Several)
            text.Append($"  {id}([\"{MermaidText.Of([end.Name])}\"])\n");
        foreach (var (from, to, connection) in ends.Edges)
            text.Append($"  {ends[from]} {Arrow(connection)}|\"{MermaidText.Of([connection.ChangeLabel()])}\"| {ends[to]}\n");
        AppendNotes(text, board);
        AppendStyles(text, board, ends);
        return text.ToString();
    }

    private static string ClassOf(Card card) => card.After switch
    {
        null => "",
        { AreOpen: true } => ":::open",
        _ => ":::isolated",
    };

    private static string Arrow(Connection connection) => (connection.Change, connection.BothWays) switch
    {
        (Change.Removed, false) => "-.-x",
        (Change.Removed, true) => "x-.-x",
        (_, true) => "<-->",
        _ => "-->",
    };

    private static void AppendNotes(StringBuilder text, Board board)
    {
        if (board.Notes.Count > 0)
            text.Append($"  notes[\"{MermaidText.Of(board.Notes)}\"]:::note\n");
    }

    // Colours that read on light and on dark pages; the shape of the line and its label say the same.
    private static void AppendStyles(StringBuilder text, Board board, GraphEnds ends)
    {
        text.Append("  classDef open stroke-dasharray:4 3\n  classDef isolated stroke:#3b82f6,stroke-width:2px\n");
        if (board.Notes.Count > 0)
            text.Append("  classDef note fill:none,stroke:none,font-size:11px\n");
        foreach (var alike in ends.Edges.Select((e, index) => (Style: Style(e.Connection.Change), index)).GroupBy(e => e.Style, e => e.index).OrderBy(g => g.First()))
            text.Append($"  linkStyle {string.Join(",", alike)} {alike.Key}\n");
    }

    private static string Style(Change change) => change switch
    {
        Change.Removed => "stroke:#e5484d,stroke-width:2px",
        Change.Added => "stroke:#2f9e44,stroke-width:3px",
        Change.Kept => "stroke:#2f9e44,stroke-width:2px",
        _ => "stroke:#d97706,stroke-width:2px",
    };
}
