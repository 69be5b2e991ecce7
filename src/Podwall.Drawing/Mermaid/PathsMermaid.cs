using System.Text;

namespace Podwall.Drawing.Mermaid;

/// <summary>A connection that a change opens or closes, between ends by name.</summary>
public sealed record ChangedPath(string From, string To, string Traffic, bool Opens);

/// <summary>Changed connections alone, as a small Mermaid flowchart.</summary>
public static class PathsMermaid
{
    public static string Draw(IReadOnlyList<ChangedPath> paths)
    {
        var ends = paths.SelectMany(p => new[] { p.From, p.To }).Distinct().Select((name, i) => (name, i)).ToDictionary(e => e.name, e => $"e{e.i}");
        var text = new StringBuilder("flowchart LR\n");
        foreach (var (name, id) in ends)
            text.Append($"  {id}[\"{MermaidText.Of([name])}\"]\n");
        foreach (var path in paths)
            text.Append($"  {ends[path.From]} {(path.Opens ? "==>" : "-.-x")}|\"{MermaidText.Of([$"{(path.Opens ? "opened" : "closed")}: {path.Traffic}"])}\"| {ends[path.To]}\n");
        foreach (var alike in paths.Select((p, i) => (p.Opens, i)).GroupBy(p => p.Opens, p => p.i))
            text.Append($"  linkStyle {string.Join(",", alike)} stroke:{(alike.Key ? "#e5484d" : "#2f9e44")},stroke-width:2px\n");
        return text.ToString();
    }
}
