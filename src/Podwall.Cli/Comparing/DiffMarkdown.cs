using System.Text;
using Podwall.Drawing.Mermaid;
using Podwall.Policy;
using Podwall.Policy.Reporting;

namespace Podwall.Cli.Comparing;

/// <summary>What a change does, as a comment under a pull request. It stays below what GitHub and GitLab take in one comment.</summary>
internal sealed class DiffMarkdown(DiffReport report)
{
    /// <summary>By which a program finds the comment that it wrote before.</summary>
    public const string Marker = "<!-- podwall diff -->";

    private const int MostRows = 40;
    private const int MostDrawn = 12;

    private readonly PolicyDiff diff = report.Diff;
    private readonly StringBuilder text = new();

    public string Write()
    {
        text.Append($"{Marker}\n### Podwall: {ChangeWords.Summary(diff)}\n");
        Table("Opened", diff.Opened, opened: true);
        Table("Closed", diff.Closed, opened: false);
        Table("Opened with new pods", diff.OpenedToNew, opened: true);
        Draw();
        Undecided();
        Future();
        Policies();
        text.Append($"\nCompared: {Code(report.Before.Name)} with {Code(report.After.Name)}. Exact over all ports, pods and addresses.\n");
        return text.ToString();
    }

    private void Table(string title, ValueList<PathChange> changes, bool opened)
    {
        if (changes.Count == 0)
            return;
        text.Append($"\n**{title}**\n\n| From | To | Traffic | Why |\n|---|---|---|---|\n");
        foreach (var change in changes.Take(MostRows))
            text.Append($"| {Cell(report.Names.Of(change.From))} | {Cell(report.Names.Of(change.To))} | {Cell(ChangeWords.Of(change))} | {Cell(string.Join("; ", change.Causes.Select(c => ChangeWords.Why(c, opened, report.After.Manifests.Sources))))} |\n");
        More(changes.Count - MostRows);
    }

    private void Draw()
    {
        var paths = diff.Opened.Concat(diff.OpenedToNew).Select(c => (Change: c, Opens: true)).Concat(diff.Closed.Select(c => (Change: c, Opens: false)))
            .Select(p => new ChangedPath(report.Names.Of(p.Change.From), report.Names.Of(p.Change.To), ChangeWords.Of(p.Change), p.Opens)).ToArray();
        if (paths.Length is > 0 and <= MostDrawn)
            text.Append($"\n```mermaid\n{PathsMermaid.Draw(paths)}```\n");
    }

    private void Undecided()
    {
        if (diff.Undecided.Count == 0)
            return;
        text.Append("\n**Undecidable from these manifests**\n\n");
        foreach (var change in diff.Undecided.Take(MostRows))
            text.Append($"- {Cell(report.Names.Of(change.From))} → {Cell(report.Names.Of(change.To))}: {Cell(ChangeWords.Of(change))}, because {Cell(string.Join("; ", change.Missing))}\n");
        More(diff.Undecided.Count - MostRows);
    }

    private void Future()
    {
        if (diff.FutureOpened.Count == 0)
            return;
        text.Append($"\n<details><summary>Opened for pods that there are none of yet ({diff.FutureOpened.Count})</summary>\n\n");
        foreach (var change in diff.FutureOpened.Take(MostRows))
            text.Append($"- {Cell(report.Names.Of(change.From))} → {Cell(report.Names.Of(change.To))}: {Cell(ChangeWords.Of(change))}\n");
        More(diff.FutureOpened.Count - MostRows);
        text.Append("\n</details>\n");
    }

    private void Policies()
    {
        if (diff.Policies.Count == 0)
            return;
        text.Append($"\n<details><summary>Policies ({diff.Policies.Count})</summary>\n\n| Policy | | |\n|---|---|---|\n");
        foreach (var policy in diff.Policies.Take(MostRows))
            text.Append($"| {Cell($"{policy.Policy}")} | {policy.Edit.ToString().ToLowerInvariant()} | {ChangeWords.Of(policy.Reach)} |\n");
        More(diff.Policies.Count - MostRows);
        text.Append("\n</details>\n");
    }

    private void More(int left)
    {
        if (left > 0)
            text.Append($"\n… and {left} more.\n");
    }

    private static string Code(string name) => $"`{name.Replace("`", "'", StringComparison.Ordinal)}`";

    // Names come from files: what is HTML, a table or a mention there must not become one here.
    private static string Cell(string value)
    {
        var escaped = new StringBuilder();
        foreach (var c in value)
            escaped.Append(c is '|' or '*' or '_' or '`' or '[' or ']' or '<' or '>' or '\\' or '~' or '&' ? $"\\{c}" : char.IsControl(c) ? " " : c == '@' ? "&#64;" : $"{c}");
        return escaped.ToString();
    }
}
