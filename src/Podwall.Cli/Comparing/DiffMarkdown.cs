using System.Text;
using Podwall.Drawing.Mermaid;
using Podwall.Drawing.Text;
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
        Future("Opened", diff.FutureOpened);
        Future("Closed", diff.FutureClosed);
        if (!diff.TriedEveryFuture)
            text.Append("\nNot every kind of pod that may come was tried.\n");
        Policies();
        text.Append($"\nCompared: {MarkdownText.Code(report.Before.Name)} with {MarkdownText.Code(report.After.Name)}. Exact over all ports, pods and addresses.\n");
        return text.ToString();
    }

    private void Table(string title, ValueList<PathChange> changes, bool opened)
    {
        if (changes.Count == 0)
            return;
        text.Append($"\n**{title}**\n\n| From | To | Traffic | For example | Why |\n|---|---|---|---|---|\n");
        foreach (var change in changes.Take(MostRows))
            text.Append($"| {MarkdownText.Escaped(report.Names.Of(change.From))} | {MarkdownText.Escaped(report.Names.Of(change.To))} | {MarkdownText.Escaped(ChangeWords.Of(change))} | {MarkdownText.Escaped(ChangeWords.Example(change))} | {MarkdownText.Escaped(string.Join("; ", change.Causes.Select(c => ChangeWords.Why(c, opened, report.After.Manifests.Sources))))} |\n");
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
            text.Append($"- {MarkdownText.Escaped(report.Names.Of(change.From))} → {MarkdownText.Escaped(report.Names.Of(change.To))}: {MarkdownText.Escaped(ChangeWords.Of(change))}, because {MarkdownText.Escaped(string.Join("; ", change.Missing))}\n");
        More(diff.Undecided.Count - MostRows);
    }

    private void Future(string word, ValueList<PathChange> changes)
    {
        if (changes.Count == 0)
            return;
        text.Append($"\n<details><summary>{word} for pods that there are none of yet ({changes.Count})</summary>\n\n");
        foreach (var change in changes.Take(MostRows))
            text.Append($"- {MarkdownText.Escaped(report.Names.Of(change.From))} → {MarkdownText.Escaped(report.Names.Of(change.To))}: {MarkdownText.Escaped(ChangeWords.Of(change))}\n");
        More(changes.Count - MostRows);
        text.Append("\n</details>\n");
    }

    private void Policies()
    {
        if (diff.Policies.Count == 0)
            return;
        text.Append($"\n<details><summary>Policies ({diff.Policies.Count})</summary>\n\n| Policy | | |\n|---|---|---|\n");
        foreach (var policy in diff.Policies.Take(MostRows))
            text.Append($"| {MarkdownText.Escaped($"{policy.Policy}")} | {policy.Edit.ToString().ToLowerInvariant()} | {ChangeWords.Of(policy.Reach)} |\n");
        More(diff.Policies.Count - MostRows);
        text.Append("\n</details>\n");
    }

    private void More(int left)
    {
        if (left > 0)
            text.Append($"\n… and {left} more.\n");
    }
}
